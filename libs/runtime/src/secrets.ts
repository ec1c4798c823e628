import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from './environment.js';

/** Value of `${secret.NAME}` by NAME, as it is now; undefined where there is none. */
export type Secrets = (name: string) => string | undefined;

/** No name leads out of the folder. */
const NAME = /^(?!\.)[A-Za-z0-9_.-]+$/;

/**
 * Secrets of the environment (`SECRET_<NAME>`, in capitals where it is not there as it is written), else of files
 * (`<SECRETS_DIR>/<NAME>`, as Kubernetes and Docker mount them, without line breaks at the end). A file is read when it
 * is asked for, so that a secret may be changed while the process runs. Whoever gets one must not log it.
 * @throws what reading the file answered, except that it is not there
 */
export function secretsOf(environment: Environment): Secrets {
  const folder = environment['SECRETS_DIR'] || undefined;
  return (name) => {
    if (!NAME.test(name)) return undefined;
    // What is set to nothing is not set, as every other setting has it
    const given = environment[`SECRET_${name}`] || environment[`SECRET_${name.toUpperCase()}`];
    return given || (folder === undefined ? undefined : fileText(join(folder, name)));
  };
}

function fileText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/[\r\n]+$/, '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
