import { dirname, resolve } from 'node:path';
import type { Ga4SourceDefinition } from '#libs/sources';
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
      const [, name] = SECRET.exec(definition.credentials ?? '') ?? [];
      const credentials = name === undefined ? definition.credentials : world.secret(name);
      return new BigQueryExport(source, definition, { ...world, credentials });
    }
    case 'files':
      return filesExport({ folder: resolve(dirname(world.file), definition.folder), now: world.now });
  }
}
