import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { Validator } from './checks.js';
import type { Environment } from './environment.js';

/** A wrong configuration; the message lists every problem by name and never shows a value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  constructor(readonly problems: readonly string[]) {
    super(`the configuration is not usable:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
  }
}

/**
 * Reads the class's properties from the environment by their names and checks them by their decorators. An
 * empty variable counts as unset, so that a blank line of `.env` means the default.
 * @throws SettingsError with every problem of the class
 */
export function readSettings<T extends object>(type: new () => T, environment: Environment): T {
  const known = Object.keys(new type());
  const given = known.flatMap((name) => {
    const value = environment[name];
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  const settings = plainToInstance(type, Object.fromEntries(given), { exposeDefaultValues: true });
  const problems = new Validator()
    .validateSync(settings, { validationError: { target: false, value: false } })
    .flatMap((e) => Object.values(e.constraints ?? {}));
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

/** Makes all of these checks. @throws SettingsError with the problems of all that fail, each once */
export function checkAll(checks: readonly (() => unknown)[]): void {
  const problems = checks.flatMap((check) => {
    try {
      check();
      return [];
    } catch (e) {
      if (e instanceof SettingsError) return e.problems;
      throw e;
    }
  });
  if (problems.length > 0) throw new SettingsError([...new Set(problems)]);
}
