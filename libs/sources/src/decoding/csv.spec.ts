import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { decoded } from '#test/decoded';
import { anyCuts, inChunks } from '#test/json-texts';
import { propertyRuns } from '#test/property-runs';
import type { CsvDialect } from '../definition.js';
import { compileDecoder } from './decoder.js';

const csv = (dialect: CsvDialect = {}) => compileDecoder({ type: 'csv', ...dialect });

describe('the CSV decoder', () => {
  it.each<[string, CsvDialect, unknown[]]>([
    ['a,b\r\n1,2\r\n', {}, [{ a: '1', b: '2' }]],
    [
      '\ufeffa,b\n1,2\r\n3,4',
      {},
      [
        { a: '1', b: '2' },
        { a: '3', b: '4' },
      ],
    ],
    ['a,b\r1,2\r', {}, [{ a: '1', b: '2' }]],
    ['a,b\n"x\r\n,""y""",\n\n\n', {}, [{ a: 'x\r\n,"y"', b: null }]],
    ['a;b\n1;2,5', { delimiter: ';' }, [{ a: '1', b: '2,5' }]],
    ['a||b\n1||2', { delimiter: '||' }, [{ a: '1', b: '2' }]],
    ['a\tb\n5" screen\t"x', { delimiter: '\t', quote: '' }, [{ a: '5" screen', b: '"x' }]],
    ["a,b\n'x,y','it\\'s'", { quote: "'", escape: '\\' }, [{ a: 'x,y', b: "it's" }]],
    [
      '1,2\n3,4',
      { columns: ['a', 'b'] },
      [
        { a: '1', b: '2' },
        { a: '3', b: '4' },
      ],
    ],
    ['Report\n\n1,2', { columns: ['a', 'b'], skip_lines: 1 }, [{ a: '1', b: '2' }]],
    ['a,b\n# no,record,at all\n1,#2', { comment: '#' }, [{ a: '1', b: '#2' }]],
    ['a,b\nNULL,', { null_values: ['NULL'] }, [{ a: null, b: '' }]],
    [' a , b \n 1 ," 2 "', { trim: true }, [{ a: '1', b: ' 2 ' }]],
    ['__proto__,b\n1,2', {}, [JSON.parse('{"__proto__":"1","b":"2"}')]],
    ['a,b', {}, []],
    ['', {}, []],
    ['\n', { columns: ['a'] }, []],
  ])('%j in the dialect %j', async (body, dialect, records) => {
    expect(await decoded(csv(dialect), body)).toMatchObject({ records, envelope: {} });
  });

  it('takes columns of any names, and others in the next answer', async () => {
    const decode = csv({ delimiter: '\t', quote: '' });
    const names = ['"', "'] + row[0]; //", '\\', '${a}', '\u2028', 'constructor', 'toString', '10', '9', ' '];
    for (const columns of [['a', 'b'], names, names.toReversed(), ['a', 'b'], ['a', 'b', 'c']]) {
      const row = columns.map((_, at) => `v${at}`);
      const { records } = await decoded(decode, `${columns.join('\t')}\n${row.join('\t')}`);
      expect(records).toEqual([Object.fromEntries(columns.map((name, at) => [name, `v${at}`]))]);
    }
  });

  it('takes as many columns as there are', async () => {
    const columns = Array.from({ length: 1_000 }, (_, at) => `c${at}`);
    const { records } = await decoded(csv(), `${columns.join(',')}\n${columns.join(',')}`);
    expect(records).toEqual([Object.fromEntries(columns.map((name) => [name, name]))]);
  });

  it.each<[string, CsvDialect, number | undefined, string]>([
    ['a,b\n1,2\n"x\ny",2,Jane', {}, 4, 'line 4 has 3 columns instead of 2'],
    ['a,b\n1\n', {}, 2, 'line 2 has 1 columns instead of 2'],
    ['1,2,3', { columns: ['a', 'b'] }, undefined, 'the first record has 3 columns instead of 2'],
    ['a,b,a\n1,2,3', {}, undefined, 'column 1 has the same name as a later one'],
    ['a,b\n1,"Jane', {}, 2, 'line 2: it ends within a quoted field'],
    ['a,b\n"Jane" Doe,2', {}, 2, 'line 2: a quoted field goes on behind its closing quote'],
    ['a,b\n1,Jane "Doe"', {}, 2, 'line 2: a quote stands within a field'],
  ])('%j in the dialect %j is refused in line %s', async (body, dialect, line, message) => {
    const error = await decoded(csv(dialect), body).then(
      () => fail(),
      (caught: Error) => caught,
    );
    expect(error).toMatchObject({
      line,
      message: expect.stringContaining(`read as CSV: ${message}`) as unknown,
    });
    expect(error.message).not.toContain('Jane');
  });

  it('tells a page of HTML from a table', async () => {
    const page = '<!DOCTYPE html>\n<p>Sorry, we are, down</p>\n';
    await expect(decoded(csv(), page)).rejects.toThrow('it looks like an HTML page');
  });

  it('refuses a definition that no body fits', () => {
    expect(() => csv({ columns: ['a', 'b', 'a'] })).toThrow('decoder.columns: must not name "a" twice');
    expect(() => csv({ delimiter: '' })).toThrow('decoder: ');
    expect(() => compileDecoder({ type: 'csv' }, { path: 'data' })).toThrow('every line of csv is a record');
  });

  it('reads lines that need no parser as the parser does, with the same errors, cut anywhere', async () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      '1',
      'é',
      ',',
      ',',
      '\n',
      '\n',
      '\r\n',
      '\r',
      '"',
      '\\',
      ' ',
      '1,2\n',
      '\n"x\ny",z\n',
    );
    const told = (dialect: CsvDialect, text: string, cuts: number[]) =>
      decoded(csv(dialect), inChunks(Buffer.from(text), cuts)).catch((error: Error) => error.message);
    const anyDialect = fc.constantFrom<CsvDialect>(
      {},
      { columns: ['a', 'b'] },
      { quote: '' },
      { escape: '\\' },
    );
    await fc.assert(
      fc.asyncProperty(
        anyDialect,
        fc.array(piece, { maxLength: 20 }),
        anyCuts,
        async (dialect, pieces, cuts) => {
          const text = `x,y\n${pieces.join('')}`;
          // A dialect with comments is the parser's from the first line on.
          expect(await told(dialect, text, cuts)).toEqual(
            await told({ ...dialect, comment: '\u0001' }, text, []),
          );
        },
      ),
      { numRuns: propertyRuns(150) },
    );
  });

  it('reads what csv-stringify has written, in any dialect and cut anywhere', async () => {
    const columns = ['id', 'note', 'amount'];
    const field = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.stringMatching(/^[,;\t|"'\\# \r\na]{0,6}$/),
    );
    const anyDialect = fc.record({
      delimiter: fc.constantFrom(',', ';', '\t', '|', '::'),
      quote: fc.constantFrom('"', "'"),
      escape: fc.constantFrom(undefined, '\\'),
      newline: fc.constantFrom('\n', '\r\n'),
      header: fc.boolean(),
    });
    const anyRows = fc.array(fc.tuple(field, field, field), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(anyDialect, anyRows, anyCuts, async (dialect, rows, cuts) => {
        const { delimiter, quote, escape = quote, newline, header } = dialect;
        const lines = header ? [columns, ...rows] : rows;
        const text = stringify(lines, { delimiter, quote, escape, record_delimiter: newline, quoted: true });
        const decode = csv({ delimiter, quote, escape, ...(header ? {} : { columns }) });
        const records = rows.map((row) =>
          Object.fromEntries(columns.map((name, at) => [name, row[at] || null])),
        );
        expect((await decoded(decode, inChunks(Buffer.from(text), cuts))).records).toEqual(records);
      }),
      { numRuns: propertyRuns(100) },
    );
  });
});
