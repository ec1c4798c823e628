/**
 * What partners do wrong, each from outside: definitions in a folder, a poller in a process of its own, a scripted
 * partner, and the rows that come of it. What is proven in full elsewhere is not repeated here:
 *
 * | fault                                                | also or only held by                                         |
 * | ---------------------------------------------------- | ------------------------------------------------------------ |
 * | killed between the log's acknowledgement and commit  | `faults.ts` through either log (`postgres.spec`, `kafka.spec`) |
 * | how long which answer is waited for                  | `reader.spec` ("wants to be left alone"), `failure.spec`     |
 * | a budget held back for all processes                 | `api-budget.spec`, `partner-sending.spec`                    |
 * | a broken partner delays no other                     | `polling.spec`                                               |
 * | silence, within an answer or before it               | `reader.spec` ("a slow partner"), `http-client.spec`         |
 * | tokens shared by streams, refresh tokens that change | `reader-authentication.spec`                                 |
 * | every way to page, whatever page is cut or repeated  | `reader-paging.spec`                                         |
 * | gzip that is damaged, or that no header tells of     | `decoder.spec`, `reader.spec`                                |
 * | days of any length, in every zone                    | `plan-slices.spec`, `wire-bounds.spec`                       |
 * | all of it at random, for 500 windows, killed         | `misbehaving-partner.spec`                                   |
 */
import { DateTime } from 'luxon';
import { requestBackfill } from '#libs/database';
import { instantFromMs } from '#libs/events';
import type { HttpSourceDefinition, StreamDefinition } from '#libs/sources';
import {
  startPartner,
  type AskedRequest,
  type ScriptedAnswer,
  type ScriptedPartner,
} from '#test/partners/scripted-partner';
import { until } from '#test/until';
import { PartnerRiver, STREAM, TRANSACTIONS, type LedgerLine, type Transaction } from './partner-river.js';
import { TIMES } from './polling-world.js';

/** History begins here: one window reaches from it to now. The short ones behind it have no rows. */
const START = new Date(Date.now() - 2 * 3_600_000).toISOString();

/** What a definition says besides what all of them say. */
type Particulars = Partial<StreamDefinition> &
  Pick<HttpSourceDefinition, 'authenticator' | 'api_budget'> & { timeout?: string };

const byPage = { type: 'page', page_param: 'page' } as const;
const NO_RETRY = { max_retries: 0 };

function definitionOf(origin: string, name: string, particulars: Particulars = {}): HttpSourceDefinition {
  const { authenticator, api_budget, timeout = 'PT1M', ...stream } = particulars;
  return {
    ...{ name, type: 'http', brand: name },
    ...(authenticator && { authenticator }),
    ...(api_budget && { api_budget }),
    streams: [
      {
        ...TRANSACTIONS,
        poll_interval: 'PT1H',
        requester: { url: `${origin}/${name}`, query: { from: '${window.from}' }, timeout },
        incremental_sync: {
          ...{ type: 'datetime', start: START, step: 'P1D', format: 'iso', timezone: 'UTC' },
          lookback_window: 'P1D',
        },
        error_handler: NO_RETRY,
        ...stream,
      },
    ],
  };
}

const minutesOn = (minutes: number): string => new Date(Date.parse(START) + minutes * 60_000).toISOString();

/** A row in one of its versions, which count from 1. */
function row(id: number, version = 1, more: Partial<Transaction> = {}): Transaction {
  return {
    ...{ id: `t${id}`, player_id: `p${id}`, amount: `${id}.5`, status: 'New', dir: 'IN' },
    ...{ created_at: minutesOn(id), updated_at: minutesOn(id + version), comment: `version ${version}` },
    ...more,
  };
}
const rows = (...data: Transaction[]): ScriptedAnswer => ({ json: { data } });
const counted = (total: number, ...data: Transaction[]): ScriptedAnswer => ({ json: { total, data } });

const linked = (next: string | null, total: number, ...data: Transaction[]): ScriptedAnswer => ({
  json: { next, total, data },
});

/** A partner that answers nonsense to one reading after another, and then comes to its senses. */
interface Nonsense {
  what: string;
  particulars?: Particulars;
  readings: { answers: ScriptedAnswer[]; code: string; waitMs?: number }[];
  /** Absent: `GOOD`. */
  good?: ScriptedAnswer[];
  /** Ids of the rows in the end. Absent: of the first two. */
  ids?: string[];
}

const GOOD = [rows(row(1), row(2))];
const once = (code: string, ...answers: ScriptedAnswer[]) => [{ code, answers }];
const errorRule = {
  body: { path: 'error', exists: true },
  ...({ action: 'fail', failure_type: 'config_error' } as const),
};

const NONSENSE: Record<string, Nonsense> = {
  html: {
    what: 'an HTML page with 200',
    readings: once('decode', { text: '<html>Sorry</html>', headers: { 'content-type': 'text/html' } }),
  },
  half: {
    what: 'half of a document with 200',
    readings: once('decode', { text: '{"data":[{"id":"t1"},{"id"' }),
  },
  nothing: { what: 'an empty body with 200', readings: once('decode', { text: '' }) },
  cut: {
    what: 'a body that is cut off',
    readings: once('network', { ...rows(row(1), row(2)), fault: 'cut' }),
  },
  short: {
    what: 'a body longer than it says',
    readings: once('decode', { ...rows(row(1)), headers: { 'content-length': '20' } }),
  },
  'no-gzip': {
    what: 'gzip that is none',
    readings: once('decode', { text: 'no gzip', headers: { 'content-encoding': 'gzip' } }),
  },
  reset: { what: 'a connection that is reset', readings: once('network', { fault: 'reset' }) },
  error: {
    what: 'an error with 200 that a rule knows',
    particulars: { error_handler: { ...NO_RETRY, rules: [errorRule] } },
    readings: once('body_rule', { json: { error: 'no access', data: [] } }),
  },
  unknown: {
    what: 'an error with 200 that no rule knows',
    readings: once('record_path', { json: { error: 'no access' } }),
  },
  burst: {
    what: 'a burst of 5xx',
    readings: [500, 502, 503, 504].map((status) => ({
      answers: [{ status }],
      code: status === 503 ? 'rate_limited' : 'http_status',
    })),
  },
  limited: { what: '429 without Retry-After', readings: once('rate_limited', { status: 429 }) },
  'limited-for-long': {
    what: '429 with a long Retry-After',
    readings: [
      {
        answers: [{ status: 429, headers: { 'retry-after': '600' } }],
        ...{ code: 'rate_limited', waitMs: 590_000 },
      },
    ],
  },
  repeating: {
    what: 'a last page that repeats for ever',
    particulars: { paginator: byPage },
    readings: once('page_repeated', rows(row(1)), rows(row(2)), rows(row(2))),
    good: [rows(row(1)), rows(row(2)), rows()],
  },
  inserting: {
    what: 'rows that are inserted while it is paged',
    particulars: { paginator: { ...byPage, stop: { total_path: 'total' } } },
    readings: once(
      'total_mismatch',
      ...[counted(4, row(4), row(3)), counted(5, row(3), row(2)), counted(5, row(1)), counted(5)],
    ),
    good: [counted(5, row(5), row(4)), counted(5, row(3), row(2)), counted(5, row(1))],
    ids: ['t1', 't2', 't3', 't4', 't5'],
  },
  'low-total': {
    what: 'a total too low, just at the end of a page',
    particulars: { paginator: { ...byPage, stop: { total_path: 'total', next_url_path: 'next' } } },
    readings: once('total_mismatch', linked('?page=2', 2, row(1), row(2)), linked(null, 2, row(3))),
    good: [linked('?page=2', 3, row(1), row(2)), linked(null, 3, row(3))],
    ids: ['t1', 't2', 't3'],
  },
  'nowhere-to-go': {
    what: 'a next page that it does not name',
    particulars: {
      paginator: {
        type: 'link',
        from: 'body',
        path: 'next',
        stop: { total_path: 'total', last_page_path: 'last' },
      },
    },
    readings: once('signals_disagree', { json: { data: [row(1)], next: null, total: 1, last: 2 } }),
    good: [{ json: { data: [row(1), row(2)], next: null, total: 2, last: 1 } }],
  },
  dripping: {
    what: 'a byte now and then',
    particulars: { timeout: 'PT0.2S' },
    readings: once('timeout', { ...rows(...Array.from({ length: 200 }, (_, id) => row(id))), fault: 'drip' }),
  },
};

const token = (more: object) => ({ token_type: 'Bearer', ...more });
const OAUTH = (origin: string, name: string) => ({
  authenticator: {
    type: 'oauth2_client_credentials',
    ...{ token_url: `${origin}/${name}/token`, client_id: 'us', client_secret: '${secret.CLIENT}' },
  } as const,
  paginator: byPage,
});
const DAYS = { type: 'datetime', step: 'P1D', format: 'yyyy-MM-dd', timezone: 'America/New_York' } as const;

const PARTICULARS: Record<string, (origin: string) => Particulars> = {
  late: () => ({}),
  'retried-after': () => ({
    error_handler: { max_retries: 1 },
    api_budget: { requests: 100, per: 'PT1S' },
  }),
  'refused-token': (origin) => OAUTH(origin, 'refused-token'),
  'ageing-token': (origin) => OAUTH(origin, 'ageing-token'),
  gzip: () => ({}),
  days: () => ({
    incremental_sync: { ...DAYS, start: DateTime.now().setZone(DAYS.timezone).toISODate()! },
  }),
  future: () => ({}),
  modified: () => ({ paginator: byPage }),
  'behind-itself': () => ({ paginator: byPage }),
  'of-two-minds': () => ({
    paginator: { ...byPage, stop: { last_page_path: 'last', next_url_path: 'next', total_path: 'total' } },
  }),
  killed: () => ({}),
};

/** How a source answers a request for its history, or any request that is no `from` of a window. */
type Script = (asked: AskedRequest, count: number) => ScriptedAnswer;

let partner: ScriptedPartner;
let river: PartnerRiver;
const scripts = new Map<string, Script>();

const isHistory = ({ query }: AskedRequest): boolean =>
  Date.parse(query.get('from') ?? '') === Date.parse(START);

/** Answers the requests for the history one after the other; windows behind it have no rows. */
function play(source: string, script: readonly ScriptedAnswer[] | Script): void {
  let count = 0;
  scripts.set(source, (asked) => {
    if (asked.query.has('from') && !isHistory(asked)) return counted(0);
    const number = count++;
    if (typeof script === 'function') return script(asked, number);
    return script[number] ?? { status: 500, text: 'the script has no such answer' };
  });
}

beforeAll(async () => {
  partner = await startPartner((asked, count) => scripts.get(asked.path.split('/')[1]!)!(asked, count));
  const { origin } = partner;
  const definitions = [
    ...Object.entries(NONSENSE).map(([name, { particulars }]) => definitionOf(origin, name, particulars)),
    ...Object.entries(PARTICULARS).map(([name, of]) => definitionOf(origin, name, of(origin))),
  ];
  river = await PartnerRiver.open(definitions);
  await river.pauseAll();
  river.poller(TIMES, { among: definitions.map(({ name }) => name).filter((name) => name !== 'killed') });
});
afterAll(async () => {
  await river?.close();
  await partner?.close();
});

const historyOf = async (source: string): Promise<LedgerLine[]> =>
  (await river.ledger(source)).filter(({ slice_from }) => slice_from.toISOString() === START);
const readings = async (source: string, count: number): Promise<LedgerLine[]> => {
  await until(`${source}: ${count} readings`, async () => (await historyOf(source)).length >= count);
  return historyOf(source);
};
const asked = (source: string): AskedRequest[] =>
  partner.asked.filter((each) => each.path === `/${source}` && isHistory(each));

describe('a partner that answers nonsense fails the window, which waits, is shown, and is read again', () => {
  it.each(Object.entries(NONSENSE).map(([source, { what }]) => [what, source] as const))(
    '%s',
    async (_, source) => {
      const { readings: bad, good = GOOD, ids = ['t1', 't2'] } = NONSENSE[source]!;
      for (const [failures, { answers, code, waitMs = 2_500 * 2 ** failures }] of bad.entries()) {
        play(source, answers);
        await (failures === 0 ? river.setPaused(source, false) : river.hurry(source));
        const lines = await readings(source, failures + 1);
        expect(lines.at(-1)).toMatchObject({
          ...{ kind: 'live', outcome: 'failed', error_code: code, attempt: failures + 1 },
        });
        expect(await river.state(source)).toBeNull();
        const told = { failures: failures + 1, error_code: code, watermark: null };
        expect(await river.status(source)).toMatchObject({ ...told, last_window: { outcome: 'failed' } });
        expect(await river.waitMs(source)).toBeGreaterThanOrEqual(waitMs);
      }
      play(source, good);
      await river.hurry(source);
      const read = (await readings(source, bad.length + 1)).at(-1)!;
      expect(read).toMatchObject({ outcome: 'succeeded', attempt: bad.length + 1 });
      expect((await river.state(source))!.watermark).toBe(instantFromMs(read.slice_to.getTime()));
      expect(await river.status(source)).toMatchObject({ failures: 0, error_code: null });
      expect((await river.rows(source)).map(({ id }) => id)).toEqual(ids);
      expect(asked(source)).toHaveLength(bad.flatMap(({ answers }) => answers).length + good.length);
    },
  );
});

describe('rows', () => {
  it('that become visible late come with the look-back, and what is there already is not told again', async () => {
    play('late', [rows(row(1)), rows(row(1), row(2)), rows(row(2), row(1))]);
    await river.setPaused('late', false);
    await readings('late', 1);
    expect(await river.rows('late')).toEqual([row(1)]);
    for (const count of [2, 3]) {
      await river.hurry('late');
      await readings('late', count);
    }
    expect(await historyOf('late')).toMatchObject([
      { kind: 'live', rows_selected: '1' },
      { kind: 'lookback', rows_selected: '2' },
      { kind: 'lookback', rows_selected: '2' },
    ]);
    expect(await river.rows('late')).toEqual([row(1), row(2)]);
  });

  it('that are modified while their window is read end in their newest version', async () => {
    // by the time of their change: the first one moves to the end, and is told twice
    play('modified', [rows(row(1), row(2)), rows(row(3), row(1, 2)), rows()]);
    await river.setPaused('modified', false);
    expect(await readings('modified', 1)).toMatchObject([
      { outcome: 'succeeded', rows_selected: '4', monotone_violations: '0' },
    ]);
    expect(await river.rows('modified')).toEqual([row(1, 2), row(2), row(3)]);
  });

  it('whose older version comes behind the newer one stay as they are, and it is counted', async () => {
    play('behind-itself', [rows(row(1, 2), row(2)), rows(row(1, 1)), rows()]);
    await river.setPaused('behind-itself', false);
    expect(await readings('behind-itself', 1)).toMatchObject([{ monotone_violations: '1' }]);
    expect(await river.rows('behind-itself')).toEqual([row(1, 2), row(2)]);
  });

  it('behind what the partner calls its last page are read where another signal says more, and it is counted', async () => {
    const page = (last: number, next: string | null, ...data: Transaction[]) => ({
      json: { last, next, total: 3, data },
    });
    play('of-two-minds', [page(1, '?page=2', row(1), row(2)), page(1, null, row(3))]);
    await river.setPaused('of-two-minds', false);
    expect(await readings('of-two-minds', 1)).toMatchObject([
      { outcome: 'succeeded', rows_selected: '3', paging_contradictions: 1 },
    ]);
    expect(await river.rows('of-two-minds')).toEqual([row(1), row(2), row(3)]);
  });

  it('dated next year are kept, and skip nothing', async () => {
    const nextYear = new Date(Date.now() + 366 * 86_400_000).toISOString();
    const dated = row(1, 1, { created_at: nextYear, updated_at: nextYear });
    play('future', [rows(dated, row(2)), rows(dated, row(2), row(3))]);
    await river.setPaused('future', false);
    const [line] = await readings('future', 1);
    expect((await river.state('future'))!.watermark).toBe(instantFromMs(line!.slice_to.getTime()));
    expect(line!.slice_to.getTime()).toBeLessThanOrEqual(line!.finished_at.getTime());
    await river.hurry('future');
    await readings('future', 2);
    expect(await river.rows('future')).toEqual([dated, row(2), row(3)]);
    const [next] = (await river.ledger('future')).filter(({ slice_from }) => slice_from > line!.slice_from);
    expect(next!.slice_from).toEqual(line!.slice_to);
  });

  it('that come as gzip are read', async () => {
    const many = Array.from({ length: 300 }, (_, id) => row(id));
    play('gzip', [{ ...rows(...many), gzip: true }]);
    await river.setPaused('gzip', false);
    await readings('gzip', 1);
    expect(await river.rows('gzip')).toEqual(many.sort((a, b) => (a.id < b.id ? -1 : 1)));
  });
});

describe('a partner that says when to come back', () => {
  it('is not asked before, by anybody', async () => {
    const times: number[] = [];
    play('retried-after', (_, count) => {
      times.push(Date.now());
      return count === 0 ? { status: 429, headers: { 'retry-after': '1' } } : GOOD[0]!;
    });
    await river.setPaused('retried-after', false);
    expect(await readings('retried-after', 1)).toMatchObject([{ outcome: 'succeeded', attempt: 1 }]);
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(1_000);
    const blocked = await river.pool.query(
      'SELECT 1 FROM tributary.api_budgets WHERE blocked_until IS NOT NULL',
    );
    expect(blocked.rowCount).toBe(1);
  });
});

describe('a token', () => {
  /** Three pages for whoever shows a token that is still good. */
  const playTokens = (source: string, life: object, isGood: (shown: string, tokens: number) => boolean) => {
    const seen = { tokens: 0, refusals: 0, pages: [] as string[] };
    play(source, ({ path, query, headers }) => {
      if (path.endsWith('/token'))
        return { json: token({ access_token: `token-${++seen.tokens}`, ...life }) };
      if (!isGood(headers.authorization!, seen.tokens)) {
        seen.refusals++;
        return { status: 401, json: { error: 'expired' } };
      }
      const page = Number(query.get('page'));
      seen.pages.push(String(page));
      return page > 2 ? rows() : rows(row(page));
    });
    return seen;
  };

  it('that is refused in mid-paging is replaced, and the window goes on', async () => {
    const isGood = (shown: string): boolean => shown === 'Bearer token-2' || seen.pages.length === 0;
    const seen = playTokens('refused-token', {}, isGood);
    await river.setPaused('refused-token', false);
    expect(await readings('refused-token', 1)).toMatchObject([
      { outcome: 'succeeded', pages: 3, attempt: 1 },
    ]);
    expect(await river.rows('refused-token')).toEqual([row(1), row(2)]);
    expect(seen).toEqual({ tokens: 2, refusals: 1, pages: ['1', '2', '3'] });
  });

  it('that runs out is replaced before the partner refuses it', async () => {
    const seen = playTokens(
      'ageing-token',
      { expires_in: 0.001 },
      (shown, n) => shown === `Bearer token-${n}`,
    );
    await river.setPaused('ageing-token', false);
    expect(await readings('ageing-token', 1)).toMatchObject([{ outcome: 'succeeded', pages: 3, attempt: 1 }]);
    expect(await river.rows('ageing-token')).toEqual([row(1), row(2)]);
    expect(seen).toMatchObject({ refusals: 0, pages: ['1', '2', '3'] });
    expect(seen.tokens).toBeGreaterThanOrEqual(3);
  });
});

describe('days', () => {
  it('of 23 and 25 hours are asked for whole, and each of their hours is read once', async () => {
    const zone = DAYS.timezone;
    const changes = ['2025-03-09', '2025-11-02'].map((day) => DateTime.fromISO(day, { zone }));
    const hours = changes.flatMap((day) =>
      Array.from({ length: 96 }, (_, hour) => day.minus({ days: 1 }).plus({ hours: hour })),
    );
    const all = hours.map((at, id) => row(id, 1, { created_at: at.toUTC().toISO()! }));
    scripts.set('days', ({ query }) => {
      const dayOf = ({ created_at }: Transaction) => DateTime.fromISO(created_at, { zone }).toISODate();
      return rows(...all.filter((each) => dayOf(each) === query.get('from')));
    });
    for (const day of changes) {
      const [from, to] = [day.minus({ days: 1 }), day.plus({ days: 2 })].map((at) =>
        instantFromMs(at.toMillis()),
      );
      await requestBackfill(river.database, {
        ...{ source: 'days', stream: STREAM, from: from!, to: to!, askedBy: 'anna' },
      });
    }
    await river.setPaused('days', false);
    const ofHistory = (all: LedgerLine[]) => all.filter(({ kind }) => kind === 'backfill');
    const lines = ofHistory(
      await river.ledgerShows('six days', 'days', (all) => ofHistory(all).length === 6),
    );
    const lengths = lines.map(
      ({ slice_from, slice_to }) => (slice_to.getTime() - slice_from.getTime()) / 3_600_000,
    );
    expect(lengths).toEqual([24, 23, 24, 24, 25, 24]);
    expect(lines.map((line) => Number(line.rows_selected))).toEqual(lengths);
    const wanted = all.filter(({ created_at }) =>
      lines.some((l) => l.slice_from <= new Date(created_at) && new Date(created_at) < l.slice_to),
    );
    expect(await river.rows('days')).toEqual(wanted.sort((a, b) => (a.id < b.id ? -1 : 1)));
    // nothing newer than today up to now can be read
    expect((await river.status('days')).watermark_lag_seconds).toBeLessThan(300);
  });
});

describe('a poller that is killed between the log’s acknowledgement and its commit', () => {
  it('reads the window again, and no row is there twice', async () => {
    play('killed', [GOOD[0]!, GOOD[0]!]);
    scripts.set('acknowledged', () => ({ fault: 'silent' }));
    const child = river.poller(
      { ...TIMES, leaseMs: 500 },
      { among: ['killed'], afterAcknowledgement: `${partner.origin}/acknowledged` },
    );
    await river.setPaused('killed', false);
    await until('the log has it', () => partner.asked.some(({ path }) => path === '/acknowledged'));
    await child.kill9();
    expect([await river.ledger('killed'), await river.state('killed')]).toEqual([[], null]);
    river.poller(TIMES, { among: ['killed'] });
    expect(await readings('killed', 1)).toMatchObject([{ outcome: 'succeeded', published: true }]);
    expect(await river.rows('killed')).toEqual([row(1), row(2)]);
    const logged = await river.logged('killed');
    expect([logged.length, new Set(logged.map(({ eventId }) => eventId)).size]).toEqual([4, 2]);
  });
});

it('none of all this makes a dead letter', async () => {
  expect(await river.deadLetters()).toEqual([]);
});
