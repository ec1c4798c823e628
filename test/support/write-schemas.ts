import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { DEAL_SCHEMA } from '#libs/commissions';
import { ENTITY_KINDS, schemaNameOf, schemaOfEntity, type EntityKind } from '#libs/events';
import { DEFINITION_SCHEMA } from '#libs/sources';

/** `npm run schemas`: writes the published schema of every kind of entity from its spec, of source definitions and of deals. */

async function write(path: string, schema: object): Promise<void> {
  const text = JSON.stringify(schema, undefined, 2);
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}

await write(resolve('libs/sources/source-definition.schema.json'), DEFINITION_SCHEMA);
await write(resolve('libs/commissions/deal-file.schema.json'), DEAL_SCHEMA);
for (const kind of Object.keys(ENTITY_KINDS) as EntityKind[]) {
  await write(
    join(resolve('libs/events/schemas'), `${schemaNameOf(kind)}.schema.json`),
    schemaOfEntity(kind),
  );
}
