import { instantFromMs, type RecordEvent } from '#libs/events';
import { compileGa4, type Ga4Row, type Shard } from '#libs/ga4';
import { figure, machine, median, spread, type Report } from '../report/report.js';
import { exportLines } from './export-rows.js';

export interface Ga4Options {
  rows: number;
  rounds: number;
}

/** What is done with the rows of a round. */
const STEPS = ['parse', 'isRelevant', 'write', 'map'] as const;
type Step = (typeof STEPS)[number];

/** CPU seconds of each step in one round, and how many rows it was done with. */
type Ga4Round = Record<Step, { rows: number; cpuSeconds: number }>;

const TITLES: Record<Step, string> = {
  parse: 'JSON.parse of the lines',
  isRelevant: 'isRelevant of every row',
  write: 'write of the relevant ones',
  map: 'decoded rows → canonical events, every row',
};

/** Decoded at a time: what is held in memory is a few pages of rows, as in the poller. */
const PAGE = 1_000;
const SHARD: Shard = { day: '20231215', kind: 'daily', modifiedAt: instantFromMs(Date.UTC(2023, 11, 16)) };
const RECEIVED_AT = instantFromMs(Date.UTC(2023, 11, 16, 1));

/** What it costs to understand rows of GA4's export, beside reading their JSON. */
export async function benchGa4({ rows, rounds }: Ga4Options): Promise<Report> {
  const lines = exportLines(rows);
  const source = compileGa4({
    name: 'shop',
    brand: 'bench',
    property: '123456789',
    conversions: [
      {
        event: 'registration',
        when: { event_name: { equals: 'generate_lead' } },
        fields: { player_id: 'user_pseudo_id' },
      },
    ],
  });
  round(lines, source); // the first one compiles
  const measured = Array.from({ length: rounds }, () => round(lines, source));
  const ratio = measured.map((r) => rate(r.map) / rate(r.parse));
  return Promise.resolve({
    bench: 'ga4',
    setting: `${rows} real rows (every 20th a purchase), a page of ${PAGE} at a time, in one thread`,
    conditions: machine(),
    tables: [
      {
        title: 'CPU',
        head: ['', 'rows', 'rows per CPU s', 'CPU µs a row', 'of JSON.parse’s rate'],
        rows: STEPS.map((step) => [
          TITLES[step],
          measured[0]![step].rows.toLocaleString('en-US'),
          spread(measured.map((r) => rate(r[step]))),
          figure(median(measured.map((r) => 1e6 / rate(r[step])))),
          figure(median(measured.map((r) => rate(r[step]) / rate(r.parse)))),
        ]),
      },
    ],
    targets: [
      {
        what: 'rows/s from decoded row to canonical events, of the rate of JSON.parse',
        is: 'at least',
        goal: 0.3,
        measured: median(ratio),
        unit: '',
      },
    ],
    figures: { rounds: measured },
  });
}

function rate({ rows, cpuSeconds }: Ga4Round[Step]): number {
  return rows / cpuSeconds;
}

function round(lines: readonly string[], source: ReturnType<typeof compileGa4>): Ga4Round {
  const done = Object.fromEntries(STEPS.map((s) => [s, { rows: 0, cpuSeconds: 0 }])) as Ga4Round;
  const timed = <T>(step: Step, items: readonly T[], work: (item: T) => unknown): void => {
    const before = process.cpuUsage();
    for (const item of items) work(item);
    const { user, system } = process.cpuUsage(before);
    done[step].rows += items.length;
    done[step].cpuSeconds += (user + system) / 1e6;
  };
  for (let at = 0; at < lines.length; at += PAGE) {
    const page: Ga4Row[] = [];
    const relevant: Ga4Row[] = [];
    timed('parse', lines.slice(at, at + PAGE), (line) => page.push(JSON.parse(line) as Ga4Row));
    timed('isRelevant', page, (row) => source.isRelevant(row) && relevant.push(row));
    timed('write', relevant, (row) => source.write(row, SHARD, RECEIVED_AT));
    timed('map', page.map(recordOf), ({ payload, raw }) => source.map(payload, raw));
  }
  return done;
}

const shard = { day: SHARD.day, kind: SHARD.kind, modified_at: SHARD.modifiedAt };

/** A row as the normalizer finds it in its record. */
function recordOf(
  row: Ga4Row,
  index: number,
): { payload: { shard: typeof shard; row: Ga4Row }; raw: RecordEvent } {
  const payload = { shard, row };
  const raw: RecordEvent = {
    event_id: index.toString(16).padStart(64, '0'),
    source: 'shop',
    stream: 'events',
    brand: 'bench',
    natural_key: `ga4/123456789/${index.toString(16).padStart(32, '0')}`,
    received_at: RECEIVED_AT,
    payload,
  };
  return { payload, raw };
}
