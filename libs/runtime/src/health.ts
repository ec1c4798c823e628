/** A part of the process that can be asked whether it works; rejects with the reason where it does not. */
export type Check = () => Promise<void>;

/** What `/livez` and `/readyz` answer. */
export class Health {
  private readonly checks = new Map<string, Check>();
  private readonly remarks = new Map<string, () => string | undefined>();
  private phase: 'starting' | 'running' | 'draining' = 'running';
  private failure: string | undefined;
  private listener: (reason: string) => void = () => {};

  /** Adds a check of readiness under a name that `/readyz` shows. */
  addCheck(name: string, check: Check): void {
    this.checks.set(name, check);
  }

  /** Adds what `/readyz` shows under a name; it does not make the process unready. @param remark undefined where all is well */
  addRemark(name: string, remark: () => string | undefined): void {
    this.remarks.set(name, remark);
  }

  /** Not ready until `endStarting`: what takes work in does not listen yet. */
  startStarting(): void {
    this.phase = 'starting';
  }

  /** Every app of the process does its work. */
  endStarting(): void {
    this.phase = 'running';
  }

  /** From now on not ready: the process is on its way out, and takes no new work. */
  startDraining(): void {
    this.phase = 'draining';
  }

  /** From now on not alive: only a restart helps. */
  fail(reason: string): void {
    if (this.failure !== undefined) return;
    this.failure = reason;
    this.listener(reason);
  }

  /** Tells of the first failure, at once where it was before, so that the process can end. */
  onFailure(listener: (reason: string) => void): void {
    this.listener = listener;
    if (this.failure !== undefined) listener(this.failure);
  }

  /** Why the process should be restarted, or undefined. */
  get deadBecause(): string | undefined {
    return this.failure;
  }

  /** Asks every check, each for at most `timeoutMs`. */
  async readiness(timeoutMs = 2_000): Promise<{ ready: boolean; checks: Record<string, string> }> {
    const answers = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await answerOf(check, timeoutMs)] as const),
    );
    if (this.phase !== 'running') answers.push(['process', this.phase]);
    const ready = answers.every(([, a]) => a === 'ok');
    for (const [name, remark] of this.remarks) answers.push([name, remark() ?? 'ok']);
    return { ready, checks: Object.fromEntries(answers) };
  }
}

async function answerOf(check: Check, timeoutMs: number): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${timeoutMs} ms`), timeoutMs);
  });
  const answer = check().then(
    () => 'ok',
    (e: unknown) => (e instanceof Error ? e.message : String(e)),
  );
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
