import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'dotenv';

/** Settings by name, as the process was given them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment with what `.env` of the working directory adds; a variable that is set wins over the file.
 * This is the one place where `process.env` is read.
 */
export function readEnvironment(file = '.env'): Environment {
  const fromFile = existsSync(file) ? parse(readFileSync(file)) : {};
  return { ...fromFile, ...process.env };
}
