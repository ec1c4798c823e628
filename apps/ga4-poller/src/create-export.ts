import { dirname, resolve } from 'node:path';
import { SliceError, type Ga4SourceDefinition } from '#libs/sources';
import { BigQueryExport, type BigQueryWorld } from './bigquery/bigquery-export.js';
import type { Ga4Export } from './export.js';
import { filesExport } from './files/files-export.js';

/** What an export is read with. */
export interface ExportWorld extends Omit<BigQueryWorld, 'credentials'> {
  /** Value of `${secret.NAME}`; undefined where there is none. */
  secret: (name: string) => string | undefined;
  /** Path of the definition's file. */
  file: string;
}

const SECRET = /^\$\{\s*secret\.([^}\s]+)\s*\}$/;

/** The export that a definition names. @throws SliceError where that cannot be asked for */
export function createExport(source: Ga4SourceDefinition, world: ExportWorld): Ga4Export {
  const { export: definition } = source;
  switch (definition.type) {
    case 'bigquery': {
      const { credentials } = definition;
      const key = credentials === undefined ? undefined : () => keyNow(credentials, world);
      return new BigQueryExport(source, definition, { ...world, credentials: key });
    }
    case 'files':
      return filesExport({ folder: resolve(dirname(world.file), definition.folder), now: world.now });
  }
}

function keyNow(credentials: string, { secret }: ExportWorld): string {
  const [, name] = SECRET.exec(credentials) ?? [];
  if (name === undefined) return credentials;
  const key = secret(name);
  if (key) return key;
  const where = `set SECRET_${name.toUpperCase()} or put the file ${name} into SECRETS_DIR`;
  throw new SliceError('config_error', 'secret', `export.credentials: there is no secret ${name}; ${where}`);
}
