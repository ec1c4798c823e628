import { isList, type EntitySpec } from './entity-spec.js';
import { ENTITY_KINDS } from './registry.js';

/** Columns that every table of entities has besides its fields. */
const OWN = [
  ...['brand', 'custom', 'source', 'trust', 'authority', 'version', 'canonical_event_id', 'received_at'],
  ...['conversion_id', 'previous_conversion_id', 'previous_player_id'],
];

describe.each<[string, EntitySpec]>(Object.entries(ENTITY_KINDS))('%s', (kind, spec) => {
  const { fields } = spec;

  it('has a table of its own', () => {
    expect(Object.values<EntitySpec>(ENTITY_KINDS).filter((s) => s.table === spec.table)).toEqual([spec]);
    expect(kind).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });

  it('names fields in snake case that are no column of every table', () => {
    const names = Object.keys(fields);
    expect(names.filter((name) => !/^[a-z]+(_[a-z]+)*$/.test(name) || OWN.includes(name))).toEqual([]);
  });

  it('has its key, player and version among its required fields', () => {
    for (const id of [spec.key, spec.player].filter((name) => name !== undefined)) {
      expect(fields[id]).toMatchObject({ type: 'id', required: true });
    }
    if (spec.version) expect(fields[spec.version]).toMatchObject({ type: 'instant', required: true });
  });

  it('breaks ties by what every record has: required counts, or lists that say what leaving them out means', () => {
    for (const name of spec.tieBreaks) {
      const { type, required, absent } = fields[name]!;
      expect(isList(type) ? (required ?? type.includes(absent!)) : type === 'count' && required).toBe(true);
    }
  });
});
