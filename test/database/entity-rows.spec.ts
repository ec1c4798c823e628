import fc from 'fast-check';
import {
  ENTITY_COLUMNS,
  mergeEntityRows,
  previousColumns,
  upsertEntityRows,
  type Database,
  type EntityRow,
  type StoredTransaction,
} from '#libs/database';
import {
  ENTITY_KINDS,
  isList,
  requiredFields,
  specOf,
  type EntityKind,
  type EntityRecord,
  type FieldSpec,
} from '#libs/events';
import { EXAMPLE_CUSTOM, EXAMPLE_RECORDS } from '#test/example-entities';
import { withMigratedDatabase } from '#test/migrated-database';

let database: Database;
withMigratedDatabase((opened) => (database = opened));

const KINDS = Object.keys(ENTITY_KINDS) as EntityKind[];

// Few values, so that all orders collide, and such whose order differs between UTF-16, UTF-8 and dictionaries.
const id = fc.constantFrom('a', 'B', 'b', 'ä', '\uffff', '\u{1f600}');
const instant = fc.constantFrom(
  '2026-11-21T10:00:00.000000Z',
  '2026-11-21T10:00:00.000001Z',
  '0001-01-01T00:00:00.000000Z',
);

/** Values of a field by its type. */
function valueOf({ type }: FieldSpec): fc.Arbitrary<unknown> {
  if (isList(type)) return fc.constantFrom(...type);
  const decimal = fc.constantFrom('0', '9', '10', '0.000000000000000001', '9'.repeat(20));
  return {
    id,
    text: fc.constantFrom('', 'say "a"\\', 'NULL', '{}', 'ä,b'),
    currency: fc.constantFrom('EUR', 'USDC'),
    instant,
    date: fc.constantFrom('2000-02-29', '0001-01-01', '9999-12-31'),
    flag: fc.boolean(),
    amount: decimal,
    balance: fc.oneof(decimal, fc.constant('-10.5')),
    decimal,
    count: fc.constantFrom('0', '9', '10', '9'.repeat(18)),
  }[type];
}

/** Rows of one thing of a kind. */
function rowOf(kind: EntityKind): fc.Arbitrary<EntityRow> {
  const { fields, key } = specOf(kind);
  const values = Object.fromEntries(
    Object.entries(fields).map(([name, f]) => [name, name === key ? fc.constant('k') : valueOf(f)]),
  );
  return fc.record({
    brand: fc.constant('b'),
    record: fc.record(values, { requiredKeys: requiredFields(fields) }) as fc.Arbitrary<EntityRecord>,
    custom: fc.constantFrom({}, EXAMPLE_CUSTOM),
    source: id,
    trust: fc.constantFrom('partner_api', 'pubsub'),
    authority: fc.constantFrom(0, 1),
    version: fc.constantFrom(-1n, 0n, 2n ** 62n),
    event_id: id,
    received_at: instant,
    conversion_id: kind === 'transaction' ? fc.constantFrom('c', null) : fc.constant(null),
  });
}

/** Three rows of one thing. What an event of the log says is one thing: it differs only in when it was received. */
function threeRows(kind: EntityKind): fc.Arbitrary<EntityRow[]> {
  return fc.array(rowOf(kind), { minLength: 3, maxLength: 3 }).map((rows) => {
    const byEvent = new Map<string, EntityRow>();
    return rows.map((row) => {
      const first = byEvent.get(row.event_id) ?? row;
      byEvent.set(row.event_id, first);
      return { ...first, received_at: row.received_at };
    });
  });
}

/** The rows of a kind's table after these upserts, one by one. */
async function stored(kind: EntityKind, rows: readonly EntityRow[]): Promise<unknown[]> {
  const { table } = specOf(kind);
  const without = previousColumns(kind)
    .map((c) => ` - '${c}'`)
    .join('');
  return database.transaction(async (client) => {
    await client.query(`DELETE FROM tributary.${table}`);
    for (const row of rows) await client.query(upsertEntityRows(kind)([row]));
    const found = await client.query<object>(`SELECT to_jsonb(t)${without} AS row FROM tributary.${table} t`);
    return found.rows;
  });
}

describe.each(KINDS)('rows of a %s', (kind) => {
  const merge = mergeEntityRows(kind);
  const { table, key } = specOf(kind);

  it('join commutatively, associatively and idempotently', () => {
    fc.assert(
      fc.property(threeRows(kind), ([a, b, c]) => {
        expect(merge(a!, b!)).toEqual(merge(b!, a!));
        expect(merge(merge(a!, b!), c!)).toEqual(merge(a!, merge(b!, c!)));
        expect(merge(a!, a!)).toEqual(a);
        expect(merge(merge(a!, b!), b!)).toEqual(merge(a!, b!));
      }),
      { numRuns: 300 },
    );
  });

  it('join in PostgreSQL as in memory, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(threeRows(kind), async (rows) => {
        const [a, b, c] = rows as [EntityRow, EntityRow, EntityRow];
        const inMemory = await stored(kind, [merge(merge(a, b), c)]);
        expect(await stored(kind, [a, b, c])).toEqual(inMemory);
        expect(await stored(kind, [c, b, a, c])).toEqual(inMemory);
        expect(await stored(kind, [b, b, c, a])).toEqual(inMemory);
      }),
      { numRuns: 20 },
    );
  });

  it('change nothing where they are stale', async () => {
    const version = async (): Promise<unknown> =>
      (await database.pool.query(`SELECT xmin::text, to_jsonb(t) FROM tributary.${table} t`)).rows;
    await fc.assert(
      fc.asyncProperty(threeRows(kind), async ([a, b]) => {
        const [later, stale] = merge(a!, b!) === a ? [a, b!] : [b!, a!];
        await stored(kind, [later]);
        const before = await version();
        expect((await database.pool.query(upsertEntityRows(kind)([stale]))).rows).toEqual([]);
        expect(await version()).toEqual(before);
      }),
      { numRuns: 10 },
    );
  });

  it('have the columns that the spec says, and the migration made', async () => {
    const made = await database.pool.query<{ name: string; type: string; nullable: boolean }>(
      `SELECT attname AS name, format_type(atttypid, atttypmod) AS type, NOT attnotnull AS nullable
       FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 ORDER BY attnum`,
      [`tributary.${table}`],
    );
    const typeName = (type: string): string =>
      ({ timestamptz: 'timestamp with time zone', numeric: 'numeric(38,18)' })[type] ?? type;
    expect(made.rows).toEqual([
      ...Object.entries(ENTITY_COLUMNS[kind]).map(([name, { type, nullable }]) => ({
        name,
        type: typeName(type),
        nullable,
      })),
      ...previousColumns(kind).map((name) => ({
        name,
        type: name.endsWith('_at') ? typeName('timestamptz') : 'text',
        nullable: true,
      })),
    ]);
    const bytewise = await database.pool.query<{ attname: string }>(
      `SELECT attname FROM pg_attribute a JOIN pg_collation c ON c.oid = a.attcollation
       WHERE attrelid = $1::regclass AND collname = 'C'`,
      [`tributary.${table}`],
    );
    const fields = Object.entries(specOf(kind).fields);
    const ids = fields.filter(([, field]) => field.type === 'id').map(([name]) => name);
    const names = bytewise.rows.map((r) => r.attname);
    expect(names).toEqual(expect.arrayContaining(['brand', key, 'canonical_event_id', ...ids]));
  });
});

describe('a transaction that changes', () => {
  const row = (change: Partial<EntityRow>): EntityRow => ({
    ...{ brand: 'b', record: EXAMPLE_RECORDS.transaction, custom: {}, source: 's', trust: 'partner_api' },
    ...{ authority: 1, version: 1n, event_id: 'e', received_at: '2026-11-21T10:00:00.000000Z' },
    conversion_id: 'c',
    ...change,
  });
  const upsert = async (change: Partial<EntityRow>): Promise<StoredTransaction[]> =>
    (await database.pool.query<StoredTransaction>(upsertEntityRows('transaction')([row(change)]))).rows;
  const record = { ...EXAMPLE_RECORDS.transaction, player_id: 'other' };

  it('tells whose deposit it was, also after it has stopped being one', async () => {
    await database.pool.query('DELETE FROM tributary.transactions');
    const [first, player_id] = [{ brand: 'b', id: '123456789' }, '1874552'];
    expect(await upsert({})).toEqual([
      {
        ...first,
        ...{ conversion_id: 'c', previous_conversion_id: null, player_id, previous_player_id: null },
        previous_created_at: null,
        inserted: true,
      },
    ]);
    expect(await upsert({ version: 2n, conversion_id: null, record })).toEqual([
      {
        ...first,
        ...{
          conversion_id: null,
          previous_conversion_id: 'c',
          player_id: 'other',
          previous_player_id: player_id,
          previous_created_at: '2026-11-21 09:59:00',
        },
        inserted: false,
      },
    ]);
    expect(await upsert({ version: 3n, conversion_id: null, record })).toMatchObject([
      { conversion_id: null, previous_conversion_id: 'c', previous_player_id: 'other' },
    ]);
    expect(await upsert({ version: 2n })).toEqual([]);
    const bonus = { ...record, id: 'bonus', type: 'Prize' as const };
    expect(await upsert({ conversion_id: null, record: bonus })).toEqual([]);
    expect(await upsert({ authority: 0, version: 9n })).toEqual([]);
  });
});
