import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ENTITY_KINDS, schemaNameOf, schemaOfEntity, type EntityKind } from '#libs/events';

/** `npm run schemas`: writes the published schema of every kind of entity from its spec. */

for (const kind of Object.keys(ENTITY_KINDS) as EntityKind[]) {
  const path = join(resolve('libs/events/schemas'), `${schemaNameOf(kind)}.schema.json`);
  const text = JSON.stringify(schemaOfEntity(kind), undefined, 2);
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}
