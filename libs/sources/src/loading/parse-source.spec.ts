import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { EXAMPLE_GA4, EXAMPLE_SOURCES, exampleSource } from '#test/example-sources';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { DEFINITION_SCHEMA } from './definition-schema.js';
import { parseSource } from './parse-source.js';
import { problemText } from '#libs/yaml-file';

function problemsOf(text: string): string[] {
  const parsed = parseSource(text, 's.yaml');
  return 'problems' in parsed ? parsed.problems.map(problemText) : [];
}

/** Keys that were misspelt in another source already. */
const tried = new Set<string>();

/** A small source as a person writes it. */
const SMALL = `name: besitos
type: http
brand: spacevegas
streams:
  - name: conversions
    poll_interval: PT5M
    requester:
      url: https://wall.partner.test/c
      query: {from: "\${window.from}"}
    incremental_sync:
      type: datetime
      start: 2024-01-01
      step: P1D
      format: yyyy-MM-dd
      timezone: "-05:00"
    decoder: {type: json}
    primary_key: [transaction_id]
    mapping:
      - event: payout
        fields:
          transaction_id: transaction_id
          occurred_at: {path: at, time: "yyyy-MM-dd HH:mm:ss", timezone: "-05:00"}
          amount: {path: payout, money: USD}
`;

/** The small source with one text replaced, which it must have. */
function changed(from: string, to: string): string {
  expect(SMALL).toContain(from);
  return SMALL.replace(from, to);
}

describe('parseSource', () => {
  it.each(EXAMPLE_SOURCES)('takes a source with %s as it is', (_what, source) => {
    const parsed = parseSource(stringify(source), 's.yaml');
    expect('problems' in parsed ? parsed.problems.map(problemText) : parsed.source).toEqual(source);
  });

  it.each(EXAMPLE_SOURCES)(
    'refuses every misspelt key of a source with %s where it stands',
    (_what, source) => {
      for (const place of keysOf(source)) {
        const holder = place
          .slice(0, -1)
          .reduce<Json>((o, step) => o[step] as Json, source as unknown as Json);
        const what = JSON.stringify([place, holder]);
        if (tried.has(what)) continue;
        tried.add(what);
        const problems = problemsOf(stringify(withMisspelt(source, place)));
        const key = `${place.at(-1)}zz`;
        expect([
          place.join('.'),
          problems.filter((p) => p.includes(`unknown key ${key}`) || p.includes(key)),
        ]).not.toEqual([place.join('.'), []]);
      }
    },
  );

  it('takes the small one, with anchors and merges', () => {
    expect(problemsOf(SMALL)).toEqual([]);
    const anchored = changed('{path: at, time', '{<<: &t {timezone: "-05:00"}, path: at, time').replace(
      ', timezone: "-05:00"}\n          amount',
      '}\n          amount',
    );
    expect(problemsOf(anchored)).toEqual([]);
  });

  it.each<[string, string, string, string[]]>([
    [
      'a misspelt key',
      'poll_interval',
      'pol_interval',
      [
        's.yaml:5:5: streams[0]: poll_interval must be there',
        's.yaml:6:5: streams[0]: unknown key pol_interval (did you mean poll_interval?); known: ',
      ],
    ],
    [
      'a misspelt value',
      'type: json',
      'type: jsn',
      ['s.yaml:16:21: streams[0].decoder.type: must be one of json, jsonl, csv, xml (did you mean json?)'],
    ],
    [
      'no type',
      '{type: json}',
      '{charset: x}',
      ['s.yaml:16:14: streams[0].decoder: type must be there (given: charset)'],
    ],
    [
      'a key of another type',
      '{type: json}',
      '{type: json, delimiter: ","}',
      ['s.yaml:16:27: streams[0].decoder: unknown key delimiter; known: type, charset, compression'],
    ],
    ['a wrong type', 'PT5M', '[5]', ['s.yaml:6:20: streams[0].poll_interval: must be a text, not a list']],
    ['nothing', 'PT5M', '', ['s.yaml:6:20: streams[0].poll_interval: must be a text, not empty']],
    [
      'no duration',
      'PT5M',
      '5m',
      ['s.yaml:6:20: streams[0].poll_interval: must be an ISO 8601 duration above 0'],
    ],
    [
      'a duration of nothing',
      'PT5M',
      'PT0S',
      ['s.yaml:6:20: streams[0].poll_interval: must be an ISO 8601 duration above 0'],
    ],
    [
      'a bare EST',
      'timezone: "-05:00"\n',
      'timezone: EST\n',
      [
        's.yaml:15:17: streams[0].incremental_sync.timezone: must not be the bare EST, which does not say whether clocks change: write "-05:00" where they do not, America/New_York where they do',
      ],
    ],
    [
      'a misspelt zone',
      'timezone: "-05:00"\n',
      'timezone: America/NewYork\n',
      ['did you mean America/New_York?'],
    ],
    [
      'a time without a zone',
      ', timezone: "-05:00"}',
      '}',
      [
        's.yaml:22:41: streams[0].mapping[0].fields.occurred_at.time: names no zone, so that timezone must be there',
      ],
    ],
    [
      'letters that are no token',
      'yyyy-MM-dd HH',
      'YYYY-MM-dd HH',
      ['YYYY is none of those that can be used (did you mean yyyy?)'],
    ],
    [
      'minutes for months',
      'yyyy-MM-dd HH:mm:ss',
      'yyyy-mm-dd',
      ['must have MM for the month; mm is the minute'],
    ],
    [
      'a step below its format',
      'step: P1D',
      'step: PT1H',
      [
        's.yaml:13:13: streams[0].incremental_sync.step: must be at least P1D, as format yyyy-MM-dd tells nothing shorter apart',
      ],
    ],
    ['no path', '[transaction_id]', '[a..b]', ['s.yaml:17:19: streams[0].primary_key[0]: must be a path: ']],
    [
      'an index in a path of XML',
      'decoder: {type: json}',
      "decoder: {type: xml}\n    record_selector: {path: 'rows[0]'}",
      [
        's.yaml:17:29: streams[0].record_selector.path: must name the elements of XML, with neither index nor *',
      ],
    ],
    [
      'a path within CSV',
      'decoder: {type: json}',
      'decoder: {type: csv}\n    record_selector: {path: rows}',
      ['s.yaml:17:29: streams[0].record_selector.path: must be left out: every line of csv is a record'],
    ],
    [
      'an unknown charset',
      'decoder: {type: json}',
      'decoder: {type: json, charset: utf8000}',
      [
        's.yaml:16:36: streams[0].decoder.charset: must be a charset of encoding.spec.whatwg.org, which "utf8000" is not',
      ],
    ],
    [
      'a charset and a path, neither of which fits,',
      'decoder: {type: json}',
      "decoder: {type: csv, charset: utf8000}\n    record_selector: {path: 'rows.*'}",
      ['streams[0].decoder.charset: must be a charset', 'streams[0].record_selector.path: must be left out'],
    ],
    [
      'a column that is there twice',
      'decoder: {type: json}',
      'decoder: {type: csv, columns: [id, at, id]}',
      ['s.yaml:16:35: streams[0].decoder.columns: must not name "id" twice'],
    ],
    [
      'a path that names many',
      '[transaction_id]',
      "['data.*']",
      [
        's.yaml:17:19: streams[0].primary_key[0]: must be a path: "data.*" names one value; `*` may stand in ',
      ],
    ],
    [
      'a field that the kind has not',
      'amount:',
      'amout:',
      ['s.yaml:23:11: streams[0].mapping[0].fields: payout has no field amout (did you mean amount?)'],
    ],
    [
      'a kind that there is not',
      'event: payout',
      'event: payot',
      ['s.yaml:19:16: streams[0].mapping[0].event: must be one of install, '],
    ],
    [
      'a required field missing',
      'transaction_id: transaction_id',
      'player_id: transaction_id',
      ['s.yaml:21:11: streams[0].mapping[0].fields: payout needs the field transaction_id'],
    ],
    [
      'a retraction of a stream without versions',
      'event: payout',
      'event: retraction',
      [
        's.yaml:21:11: streams[0].mapping[0].fields: retraction needs the field conversion_type, as the stream makes several',
        's.yaml:21:11: streams[0].mapping[0].fields: retraction needs the field version',
        'retraction has no field amount',
      ],
    ],
    [
      'an amount without currency',
      ', money: USD',
      '',
      ['streams[0].mapping[0].fields: amount needs money, or the field currency'],
    ],
    [
      'smallest units of a coin',
      'money: USD',
      'money: USDC, minor_units: true',
      ['minor_units: must state how many digits USDC has, as {USDC: 8}: it is no currency of ISO 4217'],
    ],
    [
      'smallest units of a misspelt currency',
      'money: USD',
      'money: USE, minor_units: {BTC: 8}',
      ['minor_units: must state how many digits USE has, as {USE: 8}: it is no currency of ISO 4217'],
    ],
    [
      'more digits than an amount has',
      'money: USD',
      'money: USD, minor_units: 19',
      ['minor_units: must be at most 18'],
    ],
    [
      'digits of what is no code',
      'money: USD',
      'money: USD, minor_units: {usdc: 6}',
      ['minor_units: the name usdc must be the code of a currency, as USDC'],
    ],
    [
      'an unknown placeholder',
      'window.from',
      'window.form',
      [
        's.yaml:9:21: streams[0].requester.query.from: unknown placeholder ${window.form} (did you mean window.from?)',
      ],
    ],
    [
      'a placeholder without meaning',
      'window.from',
      'page.number',
      ['${page.number} has no meaning with datetime sync and paginator none'],
    ],
    ['an expression', 'window.from', 'window.from + 1', ['unknown placeholder ${window.from + 1}']],
    ['a placeholder that is not closed', 'window.from}', 'window.from', ['must close ${ with }']],
    [
      'a placeholder elsewhere',
      'spacevegas',
      '${env.BRAND}',
      ['s.yaml:3:8: brand: no placeholder can stand here: ${env.BRAND}'],
    ],
    [
      'a name of our own',
      'name: besitos',
      'name: pixel-server',
      ["s.yaml:1:7: name: pixel-server is a source of Tributary's own"],
    ],
    [
      'a name of postbacks',
      'name: besitos',
      'name: besitos.postback',
      ['s.yaml:1:7: name: must be up to 64 of a-z, 0-9, _ and -'],
    ],
    [
      'a number that is rounded',
      'path: payout',
      'path: payout, default: 12345678901234567890',
      ['s.yaml:23:43: write this number in quotes'],
    ],
    [
      'no regular expression',
      'path: payout',
      'path: payout, pattern: "("',
      ['must be a regular expression: '],
    ],
    [
      'two origins',
      'path: payout',
      'path: payout, const: 1',
      ['must have one of path, const, first_of, concat, not path and const'],
    ],
    [
      'a postback of no stream',
      'brand: spacevegas',
      'brand: b\npostback: {stream: x, verify: {type: none}}',
      ['s.yaml:4:20: postback.stream: there is no stream x; there are: conversions'],
    ],
    [
      'tiers beyond the look-back',
      'step: P1D',
      'step: P1D\n      lookback_window: P1D\n      lookback_tiers: [{window: P2D, every: PT1H}]',
      [
        's.yaml:15:33: streams[0].incremental_sync.lookback_tiers[0].window: must not be longer than lookback_window',
      ],
    ],
    [
      'a budget of nothing',
      'brand: spacevegas',
      'brand: b\napi_budget: {requests: 0, per: PT1M}',
      ['s.yaml:4:24: api_budget.requests: must be at least 1'],
    ],
    [
      'keys that stand twice',
      'brand: spacevegas',
      'brand: b\nbrand: c',
      ['s.yaml:4:1: Map keys must be unique'],
    ],
  ])('names %s', (_what, from, to, expected) => {
    const problems = problemsOf(changed(from, to));
    for (const problem of expected) expect(problems).toContainEqual(expect.stringContaining(problem));
    expect(problems).toHaveLength(expected.length);
  });

  it.each([
    ['yyyy-MM', 'P1M', []],
    ['yyyy-MM', 'P1D', ['must be at least P1M, as format yyyy-MM tells nothing shorter apart']],
    ['epoch_ms', 'PT1S', []],
    ['epoch_us', 'P1D', ['e is none of those that can be used']],
    ['YYYY-MM-DD', 'P1D', ['YYYY is none of those that can be used (did you mean yyyy?)']],
    ['yyyy-mm-dd', 'P1D', ['must have MM for the month; mm is the minute']],
    ["'never'", 'P1D', ['must tell one time from another']],
    ["yyyy'T", 'P1D', ['must close what it quotes']],
  ])('looks at the format %s of windows of %s', (format, step, expected) => {
    const problems = problemsOf(changed('P1D', step).replace('yyyy-MM-dd\n', `"${format}"\n`));
    expect(problems).toEqual(expected.map((problem) => expect.stringContaining(problem) as string));
  });

  it('tells everything at once, in the order of the file', () => {
    const wrong = changed('PT5M', 'x')
      .replace('name: besitos', 'name: B')
      .replace('P1D', 'P')
      .replace('payout:', '');
    expect(problemsOf(wrong).map((p) => p.split(':').slice(1, 3).join(':'))).toEqual([
      '1:7',
      '6:20',
      '13:13',
    ]);
    expect(problemsOf('[]')).toEqual(['s.yaml:1:1: must be keys and values, not a list']);
    expect(problemsOf('')).toEqual(['s.yaml:1:1: must be keys and values, not empty']);
  });

  it('names what is wrong with the schema of records', () => {
    const text = stringify(exampleSource());
    const read = (schema: unknown): string[] => {
      const parsed = parseSource(text, 's.yaml', () => ({ schema }));
      return 'problems' in parsed
        ? parsed.problems.map((p) => `${p.at}: ${p.message}`)
        : [...parsed.schemas.keys()];
    };
    expect(read({ type: 'object' })).toEqual(['./schemas/conversion.json']);
    expect(read([])).toEqual(['streams[0].schema.$ref: the schema must be an object']);
    expect(read({ type: 'objet' })[0]).toMatch(/^streams\[0\]\.schema\.\$ref: the schema cannot be used: /);
    const parsed = parseSource(text, 's.yaml', () => ({ problem: 'the file cannot be read (ENOENT)' }));
    expect(parsed).toMatchObject({ problems: [{ message: 'the file cannot be read (ENOENT)' }] });
  });
});

it('takes rules of GA4 without what every row says', () => {
  const conversions = ['registration', 'identity_link'].map((event) => ({
    event,
    fields: { player_id: 'params.p' },
  }));
  expect(problemsOf(stringify({ ...EXAMPLE_GA4, conversions }))).toEqual([]);
});

it("the README's example is a source that can work", () => {
  const [, text = ''] =
    /```yaml\n(# yaml-language-server[^]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? [];
  expect(text).toContain('name: besitos');
  expect(problemsOf(text)).toEqual([]);
});

it('knows the types of sources, and says what a type lacks', () => {
  expect(problemsOf(changed('type: http', 'type: pubsubb'))).toEqual([
    's.yaml:2:7: type: must be one of http, ga4, pubsub (did you mean pubsub?)',
  ]);
  expect(problemsOf('name: a\ntype: ga4\nbrand: b\nproperty: 12x\nstart: 2026-13-01\n')).toEqual([
    's.yaml:1:1: timezone must be there',
    's.yaml:1:1: poll_interval must be there',
    's.yaml:1:1: export must be there',
    's.yaml:4:11: property: must be digits, as "123456789"',
    's.yaml:5:8: start: must be a day, as 2024-01-01',
  ]);
});

it('the published schema is the one that the loader uses (`npm run schemas`)', () => {
  expect(JSON.parse(readFileSync('libs/sources/source-definition.schema.json', 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(DEFINITION_SCHEMA)),
  );
});

it('the schema is one of 2020-12', () => {
  expect(new Ajv2020({ discriminator: true }).validateSchema(DEFINITION_SCHEMA)).toBe(true);
});

/** Members whose names are the author's own. */
const FREE = ['query', 'headers', 'form', 'json', 'claims', 'custom', 'values', 'ad_click_ids'];

type Json = Record<string, unknown>;

/** Every key of a source whose name is given by the vocabulary. */
function keysOf(value: unknown, place: string[] = []): string[][] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const here = [...place, name];
    const holder = place.findLast((step) => !/^\d+$/.test(step)) ?? '';
    const isFree =
      Array.isArray(value) ||
      FREE.includes(holder) ||
      ['all', 'any', 'not', 'when', 'filter'].includes(holder);
    return [...(isFree ? [] : [here]), ...keysOf(member, here)];
  });
}

function withMisspelt(source: unknown, place: readonly string[]): unknown {
  const copy = structuredClone(source) as Json;
  const holder = place.slice(0, -1).reduce((o, step) => o[step] as Json, copy);
  const name = place.at(-1)!;
  holder[`${name}zz`] = holder[name];
  delete holder[name];
  return copy;
}
