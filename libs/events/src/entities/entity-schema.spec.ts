import { readFileSync } from 'node:fs';
import { schemaNameOf, schemaOfEntity } from './entity-schema.js';
import { ENTITY_KINDS, type EntityKind } from './registry.js';

const kinds = Object.keys(ENTITY_KINDS) as EntityKind[];

it.each(kinds)('the published schema of a %s is the one that its spec gives (`npm run schemas`)', (kind) => {
  const path = `libs/events/schemas/${schemaNameOf(kind)}.schema.json`;
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(schemaOfEntity(kind));
});
