import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server whose connections can be cut off, as where the server's machine goes away. */
export interface CutOffProxy {
  /** The server's URL, through here. */
  url: string;
  /** Resets every connection that is open. */
  cutOff(): void;
  close(): Promise<void>;
}

/** @param url of a server that listens on a TCP port */
export async function startCutOffProxy(url: string): Promise<CutOffProxy> {
  const target = new URL(url);
  const open = new Set<Socket>();
  const proxy = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) socket.on('error', () => {});
    near.pipe(far).pipe(near);
    near.once('close', () => {
      open.delete(near);
      far.destroy();
    });
    far.once('close', () => near.destroy());
    open.add(near);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const through = new URL(url);
  through.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const cutOff = (): void => open.forEach((socket) => socket.resetAndDestroy());
  return {
    url: through.href,
    cutOff,
    close: () => {
      cutOff();
      return new Promise((resolve) => proxy.close(() => resolve()));
    },
  };
}
