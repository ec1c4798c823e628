import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The version of this installation, from its package.json. */
export const VERSION: string = findVersion(dirname(fileURLToPath(import.meta.url)));

function findVersion(folder: string): string {
  try {
    const parsed = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return parsed.version;
  } catch (e) {
    const parent = dirname(folder);
    if (parent === folder) throw e;
    return findVersion(parent);
  }
}
