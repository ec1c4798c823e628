import fc from 'fast-check';
import { EVENT_KINDS, type EventKind } from '#libs/events';
import { parseSource, type HttpSourceDefinition } from '#libs/sources';
import { propertyRuns } from '#test/property-runs';
import { definitionOf } from './definition-of.js';
import { fieldsOfKind } from './event-fields.js';
import { gatherAnswers, withoutAmount, type AnswersProblem, type Given } from './gather-answers.js';
import { QUESTION_NAMES, type Answers, type QuestionName } from './question.js';
import { questions } from './questions.js';
import { lookAtSample, type Sample } from './sample.js';
import { writeDefinition } from './write-definition.js';

const SAMPLES: Record<string, Sample | undefined> = {
  none: undefined,
  json: lookAtSample(
    JSON.stringify({
      data: [
        {
          id: 1,
          user: { id: 'a' },
          payout: 1.5,
          currency: 'EUR',
          created: '2026-01-02 03:04:05',
          updated_at: '2026-01-03T00:00:00Z',
        },
        {
          id: 2,
          user: { id: 'b' },
          payout: 2,
          currency: 'EUR',
          created: '2026-01-02 03:04:06',
          updated_at: '2026-01-03T00:00:00Z',
        },
      ],
      meta: { total: 2, next: null },
    }),
  ),
  byId: lookAtSample('{"data":{"7":{"id":7,"at":"2026-01-02"}},"count":1,"done":true}'),
  csv: lookAtSample('id;player_id;at\n1;a;1767322800\n2;b;1767322801\n'),
  xml: lookAtSample('<r><total>1</total><row><id>1</id><date>01-18-2016 01:44:41</date></row></r>'),
};

const URLS = [
  'https://api.acme.example/v1/payouts',
  'https://api.acme.example/v1/payouts?from=2026-01-01&to=2026-01-02&page=1&per_page=50&api_key=abc',
  "https://api.acme.example/report?start=2026-01-01T00:00:00Z&end=2026-01-02T00:00:00Z&q=a'b:%20%23{c}&limit=10",
  '${env.ACME_URL}/rows.json?since_id=5',
  'https://api.acme.example/json?at[]=2026-01-01&at[]=2026-01-02&s[]=a&s[]=b',
];
const TEXTS: Partial<Record<QuestionName, readonly string[]>> = {
  url: URLS,
  name: ['acme', '1st_partner-x'],
  token_url: ['https://auth.acme.example/token'],
  auth_name: ['X-Key', 'sig'],
  timezone: ['UTC', '-05:00', 'America/New_York'],
  time_format: ['iso', 'epoch_ms', 'yyyy-MM-dd HH:mm:ss', "yyyy-MM-dd'T'HH:mm:ssZZ"],
  window_format: ['iso', 'epoch_seconds', 'yyyy-MM-dd', 'MM/dd/yyyy'],
  key: ['id', 'id, user.id', "meta['a.b']"],
  id_path: ['id'],
  records: ['', 'data', "rows['x.y'].z"],
  brand: ['default', 'yes', '1', 'a: b # c'],
};
/** Those without a guess. */
const NEEDED: readonly QuestionName[] = ['url', 'name', 'key', 'event', 'auth', 'sync', 'token_url'];

/** Any answers to any questions; those without an answer are guessed. */
const given: fc.Arbitrary<Given> = fc
  .record(
    Object.fromEntries(
      questions().map(([name, { choices }]) => {
        const values = choices ? Object.keys(choices) : (TEXTS[name] ?? []);
        const needed = NEEDED.includes(name);
        if (values.length === 0) return [name, fc.constant(undefined)];
        const value = fc.constantFrom(...values);
        return [name, needed ? value : fc.option(value, { nil: undefined })];
      }),
    ) as Record<QuestionName, fc.Arbitrary<string | undefined>>,
  )
  .chain((answers) =>
    fc.record({
      answers: fc.constant(
        Object.fromEntries(
          QUESTION_NAMES.flatMap((n) => (answers[n] === undefined ? [] : [[n, answers[n]]])),
        ) as Answers,
      ),
      map: fc.constant(
        Object.fromEntries(
          fieldsOfKind(answers.event as EventKind).flatMap((f) =>
            f.required ? [[f.name, `x.${f.name}`]] : [],
          ),
        ) as Record<string, string>,
      ),
      currency: fc.constantFrom('USD', 'currency', 'total.code'),
      minorUnits: fc.constantFrom('no', 'yes', '6'),
      year: fc.constant(2026),
    }),
  );

describe('a definition from answers', () => {
  it('validates, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(given, fc.constantFrom(...Object.keys(SAMPLES)), async (all, sample) => {
        const told = await gatherAnswers(all, () => Promise.resolve(SAMPLES[sample]), undefined);
        const text = writeDefinition(definitionOf(told), ['a', ''], 'schema.json');
        expect(parseSource(text, 'acme.yaml')).toEqual({
          source: expect.anything() as object,
          schemas: new Map(),
        });
      }),
      { numRuns: propertyRuns(100) },
    );
  });

  it.each(EVENT_KINDS)('of %s has all that such an event needs', async (event) => {
    const told = await gatherAnswers(
      {
        answers: { url: URLS[1]!, auth: 'none', sync: 'datetime', key: 'id', event },
        map: {},
        currency: 'EUR',
        year: 2026,
      },
      () => Promise.resolve(undefined),
      undefined,
    );
    expect(parseSource(writeDefinition(definitionOf(told), [], undefined), 'x')).toHaveProperty('source');
  });

  it('is what the URL and an answer of the partner tell', async () => {
    const told = await gatherAnswers(
      { answers: { url: URLS[1]!, event: 'payout' }, map: { click_id: 'sub1' }, year: 2026 },
      () => Promise.resolve(SAMPLES['json']),
      undefined,
    );
    expect(definitionOf(told)).toEqual({
      name: 'acme',
      type: 'http',
      brand: 'default',
      authenticator: { type: 'api_key', in: 'query', name: 'api_key', value: '${secret.ACME_KEY}' },
      streams: [
        {
          name: 'payouts',
          poll_interval: 'PT10M',
          requester: {
            url: 'https://api.acme.example/v1/payouts',
            query: { from: '${window.from}', to: '${window.to}' },
          },
          incremental_sync: {
            type: 'datetime',
            start: '2026-01-01',
            step: 'P1D',
            format: 'yyyy-MM-dd',
            timezone: 'UTC',
            boundary: 'closed',
            lookback_window: 'P3D',
            settle_delay: 'PT2M',
          },
          decoder: { type: 'json' },
          record_selector: { path: 'data' },
          paginator: {
            type: 'page',
            page_param: 'page',
            size_param: 'per_page',
            size: 50,
            stop: { next_url_path: 'meta.next', total_path: 'meta.total' },
          },
          primary_key: ['id'],
          cursor_field: 'updated_at',
          mapping: [
            {
              event: 'payout',
              fields: {
                partner: { const: 'acme' },
                occurred_at: { path: 'created', time: 'yyyy-MM-dd HH:mm:ss', timezone: 'UTC' },
                version: { path: 'updated_at', time: 'iso' },
                transaction_id: 'id',
                click_id: 'sub1',
                amount: { path: 'payout', money: { path: 'currency' } },
              },
            },
          ],
        },
      ],
    } satisfies HttpSourceDefinition);
  });

  it('follows the links of an answer, keeps the size of its pages, and takes the key for the transaction', async () => {
    const answer = {
      '@total': '250',
      '@nextpageuri': '/rows?Page=2',
      rows: [{ actionId: 'a', at: '2026-01-02' }],
    };
    const url = 'https://api.acme.example/rows?StartDate=2026-01-01&EndDate=2026-01-02&PageSize=100';
    const answers = { url, auth: 'none', key: 'actionId', event: 'payout' };
    const sample = lookAtSample(JSON.stringify(answer));
    const told = await gatherAnswers(
      { answers, map: {}, year: 2026 },
      () => Promise.resolve(sample),
      undefined,
    );
    expect(definitionOf(told).streams[0]).toMatchObject({
      requester: { query: { StartDate: '${window.from}', EndDate: '${window.to}', PageSize: '100' } },
      paginator: { type: 'link', from: 'body', path: '@nextpageuri' },
      mapping: [{ fields: { transaction_id: 'actionId' } }],
    });
  });

  it.each([
    [
      'payout',
      {},
      'its payout events have no amount: --map amount=<path> says where it stands; numbers in a record: Stat.gain',
    ],
    ['payout', { amount: 'Stat.gain' }, ''],
    ['install', {}, ''],
  ])('says where %s events with %j have no amount', async (event, map, expected) => {
    const sample = lookAtSample('[{"id":"a","at":"2026-01-02","Stat":{"gain":"1.5","unit":"EUR"}}]');
    const answers = { url: URLS[0]!, auth: 'none', sync: 'full_refresh', event };
    const given = { answers, map, currency: 'EUR', year: 2026 };
    expect(withoutAmount(await gatherAnswers(given, () => Promise.resolve(sample), undefined))).toBe(
      expected,
    );
  });

  it('does not take one page for all where the answer says that more follow', async () => {
    const sample = lookAtSample('{"total":3,"rows":[{"id":1,"at":"2026-01-02"}]}');
    const answers = { url: URLS[0]!, auth: 'none', sync: 'full_refresh', event: 'payout' };
    const given = { answers, map: {}, year: 2026 };
    await expect(gatherAnswers(given, () => Promise.resolve(sample), undefined)).rejects.toThrow(
      '--paging is needed: none, page, offset, id, cursor, link; the answer says that more records follow',
    );
  });

  it.each([
    ['USD', 'yes', true],
    ['currency', 'yes', true],
    ['BTC', '8', 8],
    ['USD', 'no', undefined],
    ['BTC', 'yes', '--minor-units must be digits: BTC is no currency of ISO 4217'],
    ['USD', '19', '--minor-units must be yes, no, or digits from 0 to 18'],
  ])('of amounts in %s that count smallest units: %s is %j', async (currency, minorUnits, expected) => {
    const answers = { url: URLS[0]!, auth: 'none', sync: 'full_refresh', key: 'id', event: 'payout' };
    const all = { answers, map: { amount: 'a' }, currency, minorUnits, year: 2026 };
    const found = await gatherAnswers(all, () => Promise.resolve(undefined), undefined).then(
      (told) => definitionOf(told).streams[0]!.mapping[0]!.fields['amount'],
      (error: AnswersProblem) => error.problems.join(),
    );
    const money = currency === 'currency' ? { path: 'currency' } : currency;
    const spec = { path: 'a', money, ...(expected !== undefined && { minor_units: expected }) };
    expect(found).toEqual(typeof expected === 'string' ? expected : spec);
  });

  it('asks for all that is missing or wrong at once', async () => {
    const gathering = gatherAnswers(
      { answers: { url: 'acme', timezone: 'EST', step: '1h' }, map: {}, year: 2026 },
      () => Promise.resolve(undefined),
      undefined,
    );
    const error: unknown = await gathering.catch((e: unknown) => e);
    const { problems } = error as AnswersProblem;
    expect(problems.map((problem) => problem.split(/:| \(/)[0])).toEqual([
      '--url must be an absolute http or https URL',
      '--name is needed',
      '--auth is needed',
      '--sync is needed',
      '--timezone must not be the bare EST, which does not say whether clocks change',
      '--event is needed',
      '--key is needed',
    ]);
  });
});
