import type { Command } from 'commander';

/** Adds a command, and of its subcommands those that the command line needs. */
export type AddCommand = (program: Command, argv: readonly string[]) => void | Promise<void>;

/**
 * Loads the command that the command line names, as each brings code that the others need not wait for; all of them
 * where it names none, for the help and for what is to be said of a misspelt one.
 * @param argv from where the command's name may stand
 */
export async function loadNamed(
  commands: Readonly<Record<string, () => Promise<AddCommand>>>,
  argv: readonly string[],
): Promise<AddCommand[]> {
  const [name = ''] = argv;
  const wanted = Object.hasOwn(commands, name) ? [commands[name]!] : Object.values(commands);
  return Promise.all(wanted.map((load) => load()));
}
