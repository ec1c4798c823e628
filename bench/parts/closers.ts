/** What has to be let go of at the end: processes, servers, connections. The last opened goes first. */
export class Closers {
  private readonly waiting: (() => Promise<void>)[] = [];
  private closing: Promise<void> | undefined;

  /** Has `close` called at the end; of something that is closed already it must do nothing. */
  add(close: () => Promise<void>): void {
    this.waiting.push(close);
  }

  /** Runs a part of the work whose own things are let go of at its end. */
  async within<T>(work: (closers: Closers) => Promise<T>): Promise<T> {
    const own = new Closers();
    this.add(() => own.closeAll());
    try {
      return await work(own);
    } finally {
      await own.closeAll();
    }
  }

  /** Closes everything, also what follows one that fails. @throws the first failure */
  closeAll(): Promise<void> {
    return (this.closing ??= this.close());
  }

  private async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.waiting.splice(0).reverse()) {
      await close().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** Runs `work` and closes what it has opened in any case: at its end, where it throws, on Ctrl-C. */
export async function withClosers<T>(work: (closers: Closers) => Promise<T>): Promise<T> {
  const closers = new Closers();
  const onSignal = (signal: NodeJS.Signals): void => {
    const exit = (): never => process.exit(signal === 'SIGINT' ? 130 : 143);
    closers.closeAll().then(exit, exit);
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    return await work(closers);
  } finally {
    await closers.closeAll();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
