import fc from 'fast-check';
import { testDatabase, type TestDatabase } from '#test/postgres';
import { openDatabase, type Database } from './database.js';
import { arrayLiteral, defineInsert, type Cell } from './set-statement.js';

describe('arrayLiteral', () => {
  it.each<[Cell[], string]>([
    [[], '{}'],
    [['a', 'b'], '{"a","b"}'],
    [[null, 'null', 'NULL', ''], '{NULL,"null","NULL",""}'],
    [[null, null], '{NULL,NULL}'],
    [[null, 'a"b', 'c'], '{NULL,"a\\"b","c"}'],
    [['a"b\\c{d,e}'], '{"a\\"b\\\\c{d,e}"}'],
    [[1, -2.5, 2n ** 63n - 1n, true, false], '{"1","-2.5","9223372036854775807","true","false"}'],
  ])('of %j is %s', (cells, literal) => {
    expect(arrayLiteral(cells, (cell) => cell)).toBe(literal);
  });

  describe('in PostgreSQL', () => {
    let home: TestDatabase;
    let database: Database;
    beforeAll(async () => {
      home = await testDatabase();
      database = openDatabase(home.url, 'test', { warn: () => {} });
    });
    afterAll(async () => {
      await database.close();
      await home.drop();
    });
    const read = async (cells: readonly Cell[], type: string): Promise<unknown[]> => {
      const found = await database.pool.query<{ a: unknown[] }>(`SELECT $1::${type}[]::text[] AS a`, [
        arrayLiteral(cells, (cell) => cell),
      ]);
      return found.rows[0]!.a;
    };
    const text = fc
      .oneof(fc.string({ unit: 'binary' }), fc.string(), fc.stringMatching(/^[{}",\\ \n\tNUL]*$/))
      .map((t) => t.replace(/[\0\p{Cs}]/gu, ''));

    it('comes back as the texts that it was made of', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.option(text)), async (cells) => {
          expect(await read(cells, 'text')).toEqual(cells);
        }),
        { numRuns: 200 },
      );
    });

    it('comes back as the JSON, numbers and flags that it was made of', async () => {
      const clean = fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)));
      await fc.assert(
        fc.asyncProperty(fc.array(clean), async (values) => {
          const found = await read(
            values.map((v) => JSON.stringify(v)),
            'jsonb',
          );
          const sent = values.map((v) => JSON.parse(JSON.stringify(v)) as unknown);
          expect(found.map((t) => JSON.parse(String(t)) as unknown)).toEqual(sent);
        }),
        { numRuns: 100 },
      );
      const bigints = [0n, -(2n ** 63n), 2n ** 63n - 1n, null];
      expect(await read(bigints, 'bigint')).toEqual(bigints.map((n) => (n === null ? null : String(n))));
      expect(await read([true, false, null], 'boolean')).toEqual(['true', 'false', null]);
      expect(await read(['40.5', '-0.000000000000000001'], 'numeric')).toEqual([
        '40.5',
        '-0.000000000000000001',
      ]);
    });
  });
});

describe('defineInsert', () => {
  it('prepares one statement a table, an array a column', () => {
    const insert = defineInsert<{ a: string; b: number | null }>(
      'things',
      { a: { type: 'text', of: (r) => r.a }, b: { type: 'text', cast: 'bytea', of: (r) => r.b } },
      'ON CONFLICT DO NOTHING',
    );
    const statement = insert([
      { a: 'x', b: 1 },
      { a: 'y', b: null },
    ]);
    expect(statement.name).toBe('insert things');
    expect(statement.values).toEqual(['{"x","y"}', '{"1",NULL}']);
    expect(statement.text.replace(/\s+/g, ' ')).toBe(
      'INSERT INTO tributary.things AS t (a, b) SELECT a, b::bytea ' +
        'FROM unnest($1::text[], $2::text[]) AS u (a, b) ON CONFLICT DO NOTHING',
    );
    expect(insert([]).text).toBe(statement.text);
  });
});
