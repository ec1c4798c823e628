import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { REQUEST_TIMEOUT_MS } from './http-server.js';
import { endConnectionsOf } from './replies.js';

/** How often connections are looked at that became idle only after they were told to end. */
const SWEEP_MS = 50;

/**
 * Makes the way a server takes leave: no new connections; calls on open ones are answered and end them.
 * Connections that have never said anything, as browsers open them in advance, are cut at once: Node counts
 * them as busy and would wait for ever. A call that is not wholly here in the time any call has is cut too.
 */
export function leaveTaker(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return async () => {
    endConnectionsOf(server);
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
    const cut = setTimeout(() => server.closeAllConnections(), REQUEST_TIMEOUT_MS);
    await closed;
    clearInterval(sweep);
    clearTimeout(cut);
  };
}
