/** Exit codes that scripts rely on. */
export const ExitCode = { done: 0, failed: 1, wrongUse: 2 } as const;

/** What a command throws that did not succeed; its message is all that is said. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}
