import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of the YAML files in a folder, not in those below it, sorted; of one that is not there none. */
export function yamlFilesIn(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && /^[^.].*\.ya?ml$/.test(entry.name))
      .map((entry) => join(dir, entry.name))
      .sort();
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw e;
  }
}

/** The text of a file, or why it cannot be read. */
export function readTextFile(file: string): string | { problem: string } {
  try {
    return readFileSync(file, 'utf8');
  } catch (e) {
    return { problem: `cannot be read (${(e as NodeJS.ErrnoException).code})` };
  }
}
