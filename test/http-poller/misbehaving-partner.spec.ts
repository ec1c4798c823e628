import { setTimeout as sleep } from 'node:timers/promises';
import { instantFromMs } from '#libs/events';
import type { HttpSourceDefinition } from '#libs/sources';
import { startPartner } from '#test/partners/scripted-partner';
import { until } from '#test/until';
import { randomOf } from '../../bench/parts/random.js';
import { COMMON_FAULTS, MisbehavingPartner } from './misbehaving-partner.js';
import { PartnerRiver, TRANSACTIONS } from './partner-river.js';
import { TIMES } from './polling-world.js';

const HOUR_MS = 3_600_000;
const PAGE_SIZE = 20;
const LOOK_BACK = 'P30D';
/** The poller is killed so often, each time after some hundred requests. */
const KILLS = 5;
const TURNS = { ...TIMES, leaseMs: 1_000, turnMs: 400, lookMs: 20 };

/** Five hundred windows: two sources give each window up at its first fault, one tries a request again. */
const HOURS = { hasty: 230, brisk: 230, patient: 40 };
const RETRIES = { hasty: 0, brisk: 0, patient: 2 };
const NAMES = ['hasty', 'brisk', 'patient'] as const;

function definitionOf(name: (typeof NAMES)[number], origin: string, startMs: number): HttpSourceDefinition {
  return {
    ...{ name, type: 'http', brand: name },
    streams: [
      {
        ...TRANSACTIONS,
        poll_interval: 'PT1S',
        requester: { url: `${origin}/${name}`, query: { from: '${window.from}' }, timeout: 'PT3S' },
        incremental_sync: {
          ...{ type: 'datetime', start: instantFromMs(startMs), step: 'PT1H', timezone: 'UTC' },
          format: "yyyy-MM-dd'T'HH",
          lookback_window: LOOK_BACK,
          lookback_tiers: [
            { window: 'PT6H', every: 'PT2S' },
            { window: LOOK_BACK, every: 'PT4S' },
          ],
        },
        paginator: {
          ...{ type: 'page', page_param: 'page', size_param: 'size', size: PAGE_SIZE },
          stop: { next_url_path: 'links.next', total_path: 'total' },
        },
        error_handler: { max_retries: RETRIES[name] },
      },
    ],
  };
}

const seed = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000_000);

it('ends in the partner’s truth, whatever the partner does and however often the poller is killed', async () => {
  try {
    await misbehave(randomOf(seed));
  } catch (error) {
    throw new Error(`does not hold with TEST_SEED=${seed}`, { cause: error });
  }
}, 600_000);

async function misbehave(random: () => number): Promise<void> {
  const endMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const startOf = (name: keyof typeof HOURS): number => endMs - HOURS[name] * HOUR_MS;
  const partners = new Map(
    NAMES.map((name) => [
      name as string,
      new MisbehavingPartner(name, startOf(name), HOURS[name], PAGE_SIZE, randomOf(random() * 2 ** 32)),
    ]),
  );
  const server = await startPartner((asked) => partners.get(asked.path.slice(1))!.answer(asked));
  const river = await PartnerRiver.open(
    NAMES.map((name) => definitionOf(name, server.origin, startOf(name))),
  );
  const hurrying = new AbortController();
  const hurried = hurry(river, hurrying.signal);
  try {
    let poller = river.poller(TURNS);
    for (let kill = 0; kill < KILLS; kill++) {
      const next = server.asked.length + 100 + Math.floor(random() * 300);
      await until('some hundred requests', () => server.asked.length >= next, 240_000);
      await poller.kill9();
      poller = river.poller(TURNS);
    }
    for (const name of NAMES) {
      const isReadAgain = async () => (await river.state(name))?.tiers[LOOK_BACK] !== undefined;
      await until(`${name}: a look-back over everything`, isReadAgain, 240_000, 50);
    }
    for (const partner of partners.values()) partner.behave();
    const behavesSince = new Date();
    for (const name of NAMES) {
      const isReadAgain = async () =>
        (await windowsReadSince(river, name, behavesSince, endMs)) === HOURS[name];
      await until(`${name}: an honest look-back`, isReadAgain, 240_000, 50);
    }
    await poller.kill9();
    for (const name of NAMES) {
      const partner = partners.get(name)!;
      expect(await river.rows(name)).toEqual(partner.truth());
      await expectToTile(river, name, startOf(name), endMs);
    }
    const done = new Set([...partners.values()].flatMap((partner) => [...partner.done.keys()]));
    expect([...done]).toEqual(expect.arrayContaining([...COMMON_FAULTS, 'revealed', 'amended']));
    expect(await river.deadLetters()).toEqual([]);
  } finally {
    hurrying.abort();
    await hurried;
    await river.close();
    await server.close();
  }
}

/** Lets no stream wait out its backoff. */
async function hurry(river: PartnerRiver, signal: AbortSignal): Promise<void> {
  for (; !signal.aborted; await sleep(20)) await river.hurryFailed();
}

async function windowsReadSince(
  river: PartnerRiver,
  source: string,
  since: Date,
  endMs: number,
): Promise<number> {
  const found = await river.pool.query<{ count: string }>(
    `SELECT count(DISTINCT slice_from) AS count FROM tributary.source_windows
      WHERE source = $1 AND outcome = 'succeeded' AND started_at > $2 AND kind = 'lookback'
        AND slice_from < $3`,
    [source, since, new Date(endMs)],
  );
  return Number(found.rows[0]!.count);
}

/** The windows that brought the watermark where it is follow each other, from the first instant of history. */
async function expectToTile(
  river: PartnerRiver,
  source: string,
  startMs: number,
  endMs: number,
): Promise<void> {
  const state = await river.state(source);
  const found = await river.pool.query<{ slice_from: Date; slice_to: Date }>(
    `SELECT DISTINCT slice_from, slice_to FROM tributary.source_windows
      WHERE source = $1 AND outcome = 'succeeded' AND kind = 'live' AND slice_to <= $2 ORDER BY slice_from`,
    [source, state!.watermark],
  );
  const [froms, tos] = [found.rows.map((w) => +w.slice_from), found.rows.map((w) => +w.slice_to)];
  expect([...froms, Date.parse(state!.watermark)]).toEqual([startMs, ...tos]);
  expect(tos.at(-1)).toBeGreaterThanOrEqual(endMs);
}
