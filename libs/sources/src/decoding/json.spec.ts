import fc from 'fast-check';
import { anyCuts, anyJson, inChunks } from '#test/json-texts';
import { propertyRuns } from '#test/property-runs';
import type { JsonValue } from '../json.js';
import { compileDecoder, type DecodeRecords } from './decoder.js';
import { EACH, parseRecordPath } from '../path.js';
import { exactNumber } from './exact-number.js';
import { jsonRecords, parseJson } from './json.js';
import { decoded } from '#test/decoded';

const json = (path?: string) => compileDecoder({ type: 'json' }, path === undefined ? {} : { path });

describe('the JSON decoder', () => {
  it.each([
    ['[{"id":1},{"id":2}]', '', [{ id: 1 }, { id: 2 }], []],
    [
      '{"meta":{"n":2},"data":[{"id":1}],"links":{}}',
      'data',
      [{ id: 1 }],
      { meta: { n: 2 }, data: [], links: {} },
    ],
    ['{"a":{"b":[[1],"x",null]},"c":1}', 'a.b', [[1], 'x', null], { a: { b: [] }, c: 1 }],
    ['[{"rows":[1]},{"rows":[2]}]', '[1].rows', [2], [{ rows: [1] }, { rows: [] }]],
    ['{"data":[]}', 'data', [], { data: [] }],
    ['{"data":null}', 'data', [], { data: null }],
    ['{"data":{"id":1}}', 'data', [{ id: 1 }], { data: { id: 1 } }],
    ['{"id":1}', '', [{ id: 1 }], { id: 1 }],
    ['\ufeff[7]', '', [7], []],
    ['{"d.ata":[1]}', "['d.ata']", [1], { 'd.ata': [] }],
    ['{"data":[12345678901234567890,0.1]}', 'data', ['12345678901234567890', 0.1], { data: [] }],
  ])('%s with the path "%s"', async (body, path, records, envelope) => {
    expect(await decoded(json(path), body)).toMatchObject({ records, envelope });
    expect(await recordsOf(jsonRecords(parseRecordPath(path), 0), body.replace('\ufeff', ''))).toEqual({
      records,
      envelope,
    });
  });

  it.each([
    ['{"n":2,"data":{"a":{"id":1},"b":{"id":2}}}', 'data.*', [{ id: 1 }, { id: 2 }], { n: 2, data: {} }],
    ['{"d":{"a":{"Row":{"id":1}},"b":{"Row":{"id":2}}}}', 'd.*.Row', [{ id: 1 }, { id: 2 }], { d: {} }],
    ['{"days":[{"rows":[1,2],"n":2},{"rows":[3]}],"t":3}', 'days.*.rows', [1, 2, 3], { days: [], t: 3 }],
    ['[{"a":[{"b":[1]},{"b":[2]}]},{"a":[{"b":3}]}]', '*.a.*.b.*', undefined, undefined],
    ['[{"a":[{"b":[1]},{"b":[[2]]}]},{"a":[{"b":[]}]}]', '*.a.*.b.*', [1, [2]], []],
    ['[[1,[2]],[3]]', '*', [[1, [2]], [3]], []],
    ['[[1,[2]],[3]]', '*[0]', undefined, undefined],
    ['[[[1],[2]],[[3],4]]', '*[0]', [1, 3], []],
    ['{"data":[]}', 'data.*.Row', [], { data: [] }],
    ['{"data":null}', 'data.*', [], { data: null }],
    ['{"data":{"a":{"Row":null},"b":{},"c":null,"d":1}}', 'data.*.Row', [], { data: {} }],
    [
      '{"data":{"a":{"items":{"id":1}},"b":{"items":[{"id":2}]}}}',
      'data.*.items',
      [{ id: 1 }, { id: 2 }],
      undefined,
    ],
  ])('%s with the path "%s", each of them', async (body, path, records, envelope) => {
    const atOnce = await decoded(json(path), body).catch(() => undefined);
    const inPieces = await recordsOf(jsonRecords(parseRecordPath(path), 0), body).catch(() => undefined);
    if (records === undefined) return void expect([atOnce, inPieces]).toEqual([undefined, undefined]);
    expect(atOnce?.records).toEqual(records);
    expect(inPieces?.records).toEqual(records);
    if (envelope !== undefined) expect([atOnce?.envelope, inPieces?.envelope]).toEqual([envelope, envelope]);
  });

  it.each([
    ['{"error":1}', 'data.*', 'it has no data, where the records should be'],
    ['{"data":{"a":{"row":1}}}', 'data.*.Row', 'it has no data.*.Row, where the records should be'],
    ['{"data":"none"}', 'data.*', 'data is a string, not records'],
    ['{"data":[{"Row":7}]}', 'data.*.Row', 'data.*.Row is a number, not records'],
  ])('%s with the path "%s" is refused', async (body, path, message) => {
    await expect(decoded(json(path), body)).rejects.toThrow(message);
    await expect(recordsOf(jsonRecords(parseRecordPath(path), 0), body)).rejects.toThrow(message);
  });

  it('yields batches of at most 1,000 records', async () => {
    const rows = Array.from({ length: 2500 }, (_, id) => ({ id }));
    for (const body of [JSON.stringify({ rows }), JSON.stringify({ n: '12345678901234567890', rows })]) {
      const { batches, records } = await decoded(json('rows'), body);
      expect(batches.map((batch) => batch.length)).toEqual([1000, 1000, 500]);
      expect(records).toEqual(rows);
    }
  });

  it('says that the records are missing, and what is there instead', async () => {
    const body = '{"error":{"code":17}}';
    await expect(decoded(json('data'), body)).rejects.toMatchObject({
      message: 'the body cannot be read as JSON: it has no data, where the records should be',
      envelope: { error: { code: 17 } },
    });
    await expect(decoded(json('error.code'), body)).rejects.toThrow('error.code is a number, not records');
  });

  it.each([
    ['{"data":[{"id":1},{"id', 'it ends too early, after 22 bytes'],
    ['', 'it ends too early, after 0 bytes; it looks like an empty body'],
    ['<!DOCTYPE html><p>Secret Name</p>', 'it goes wrong near byte 0; it looks like an HTML page'],
    ['{"ü":1, x}', 'it goes wrong near byte 9'],
    ['[1]}', 'it goes wrong near byte 3'],
    ['{"a":12345678901234567890,}', 'it goes wrong near byte 26'],
    ['"text"', 'it is a string, not records'],
    ['\x1f\x8b', 'byte 1 is not utf-8'],
  ])('%s is refused', async (body, message) => {
    const bytes = body.startsWith('\x1f') ? Buffer.from(body, 'latin1') : Buffer.from(body);
    const decode = compileDecoder(
      { type: 'json', compression: 'none' },
      body.startsWith('{') ? { path: 'data' } : {},
    );
    const error: Error = await decoded(decode, bytes).then(
      () => fail(),
      (caught: Error) => caught,
    );
    expect(error.message).toContain(`the body cannot be read as JSON: ${message}`);
    expect(error.message).not.toContain('Secret');
  });

  it.each(['[', '{"a":'])('%s a million times is refused', async (opening) => {
    const body = opening.repeat(1_000_000) + '1' + (opening === '[' ? ']' : '}').repeat(1_000_000);
    const error = 'it nests deeper than 512 levels';
    await expect(decoded(json(), body)).rejects.toThrow(error);
    await expect(recordsOf(jsonRecords([], 0), body)).rejects.toThrow(error);
  });

  it('takes a member named __proto__ for a member', async () => {
    for (const number of ['1', '12345678901234567890']) {
      const { records } = await decoded(json(), `[{"__proto__":{"admin":${number}},"a":1}]`);
      expect(Object.getPrototypeOf(records[0])).toBe(Object.prototype);
      expect(Object.keys(records[0]!)).toEqual(['__proto__', 'a']);
    }
  });

  it('refuses two arrays of records in a large body', async () => {
    await expect(recordsOf(jsonRecords(['data'], 0), '{"data":[1],"data":[2]}')).rejects.toThrow('twice');
  });
});

describe('both ways of reading JSON', () => {
  it('give what JSON.parse gives, save for the numbers that would lose digits', async () => {
    await fc.assert(
      fc.asyncProperty(anyJson, anyCuts, async (text, cuts) => {
        const expected = reference(text);
        expect(parseJson(text)).toEqual(expected);
        const body = `{"before":${text},"rows":[${text},${text}],"after":${text}}`;
        const result = {
          records: [expected, expected],
          envelope: { before: expected, rows: [], after: expected },
        };
        expect(await recordsOf(jsonRecords(['rows']), body, cuts)).toEqual(result);
        expect(await recordsOf(jsonRecords(['rows'], 0), body, cuts)).toEqual(result);
      }),
    );
  });

  it('find the same records on any path', async () => {
    const name = fc.constantFrom('a', 'b');
    const { document } = fc.letrec<{ document: JsonValue }>((tie) => ({
      document: fc.oneof(
        { maxDepth: 5, depthSize: 'large' },
        fc.constantFrom<JsonValue>(null, 1, 'x'),
        fc.array(tie('document'), { maxLength: 3 }),
        fc.dictionary(name, tie('document'), { maxKeys: 2 }),
      ),
    }));
    const step = fc.oneof({ arbitrary: fc.constant(EACH), weight: 2 }, name, fc.constantFrom(0, 1));
    const say = (error: Error) => error.message.replace(/.*cannot be read as JSON: /, '');
    await fc.assert(
      fc.asyncProperty(document, fc.array(step, { maxLength: 4 }), anyCuts, async (value, steps, cuts) => {
        const body = JSON.stringify(value);
        const whole = await recordsOf(jsonRecords(steps), body, cuts).catch(say);
        const inPieces = await recordsOf(jsonRecords(steps, 0), body, cuts).catch(say);
        expect(inPieces).toEqual(whole);
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it('refuse the same texts', async () => {
    const harm = fc.tuple(
      fc.nat(),
      fc.constantFrom('', '"', ',', '}', ']', '0', '-', '.', 'e', '\n', '\\', 'tru'),
    );
    await fc.assert(
      fc.asyncProperty(anyJson, harm, anyCuts, async (text, [at, inserted], cuts) => {
        const cut = at % (text.length + 1);
        const broken = Buffer.from(`[${text.slice(0, cut)}${inserted}${text.slice(cut + 1)}]`).toString();
        const read = await recordsOf(jsonRecords([], 0), broken, cuts).catch(() => 'refused');
        const whole = await recordsOf(jsonRecords([]), broken, cuts).catch(() => 'refused');
        expect(whole).toEqual(isJson(broken) ? { records: reference(broken), envelope: [] } : 'refused');
        expect(read).toEqual(whole);
      }),
      { numRuns: propertyRuns(200) },
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What is to come out, by another way: numerals are marked in the text, which the platform then reads. */
function reference(json: string): JsonValue {
  const marked = json.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    token.startsWith('"') ? token : JSON.stringify(`\u0001${token}`),
  );
  return JSON.parse(marked, (_name, value: JsonValue) =>
    typeof value === 'string' && value.startsWith('\u0001') && value.length > 1 && /\d$/.test(value)
      ? exactNumber(value.slice(1))
      : value,
  ) as JsonValue;
}

async function recordsOf(decode: DecodeRecords, body: string, cuts: readonly number[] = []) {
  const decoder = new TextDecoder();
  async function* text() {
    for await (const chunk of inChunks(Buffer.from(body), cuts))
      yield decoder.decode(chunk, { stream: true });
  }
  const reading = decode(text());
  const records: JsonValue[] = [];
  for (;;) {
    const next = await reading.next();
    if (next.done) return { records, envelope: next.value };
    records.push(...next.value);
  }
}
