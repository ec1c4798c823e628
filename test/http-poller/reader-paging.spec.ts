import fc from 'fast-check';
import type { PaginatorDefinition, StopDefinition } from '#libs/sources';
import { propertyRuns } from '#test/property-runs';
import {
  startPartner,
  type AskedRequest,
  type ScriptedPartner,
} from '../support/partners/scripted-partner.js';
import { closeConnections, readStream, streamOf } from './read-stream.js';

let partner: ScriptedPartner;
beforeAll(async () => {
  partner = await startPartner();
});
afterAll(async () => {
  await closeConnections();
  await partner.close();
});

const RUNS = propertyRuns(60);

/** A partner with rows 1 to `total`, pages of at most `cap`, and the signals that it gives. */
interface World {
  kind: Exclude<PaginatorDefinition['type'], 'none'>;
  from: 'header' | 'body';
  total: number;
  size: number;
  cap: number;
  start: number;
  stop: (keyof StopDefinition)[];
  filtered: boolean;
  in: 'query' | 'body';
  /** Pages that are answered 500 once. */
  failing: number[];
}

const worlds = fc.record<World>({
  kind: fc.constantFrom('page', 'offset', 'id', 'cursor', 'link'),
  from: fc.constantFrom('header', 'body'),
  total: fc.nat({ max: 24 }),
  size: fc.integer({ min: 1, max: 9 }),
  cap: fc.integer({ min: 1, max: 9 }),
  start: fc.constantFrom(0, 1),
  stop: fc.subarray(['next_url_path', 'last_page_path', 'total_path', 'has_more_path', 'done_path']),
  filtered: fc.boolean(),
  in: fc.constantFrom('query', 'body'),
  failing: fc.uniqueArray(fc.nat({ max: 12 }), { maxLength: 3 }),
});

const PATHS = {
  next_url_path: 'links.next',
  last_page_path: 'meta.last',
  total_path: 'meta.total',
  has_more_path: 'more',
  done_path: 'done',
} as const;

function paginatorOf({ kind, from, size, start, stop: keys, in: where }: World): PaginatorDefinition {
  const stop = Object.fromEntries(keys.map((key) => [key, PATHS[key]]));
  switch (kind) {
    case 'page':
      return { type: kind, page_param: 'p', size_param: 'n', size, start, in: where, stop };
    case 'offset':
      return { type: kind, offset_param: 'p', limit_param: 'n', limit: size, in: where, stop };
    case 'id':
      return { type: kind, id_param: 'p', id_path: 'id', size_param: 'n', size, in: where, stop };
    case 'cursor':
      return { type: kind, cursor_param: 'p', cursor_path: 'next', size_param: 'n', size, in: where, stop };
    case 'link':
      return { type: kind, from, ...(from === 'body' ? { path: 'links.next' } : {}), stop };
  }
}

/** What an answer says that is not so, by how many rows it and those before it had. */
interface Lies {
  told?: (rowsSoFar: number) => object;
}

/** The row that a request begins with, from 0. */
function firstRow(world: World, asked: AskedRequest, page: number): number {
  const parameters = world.in === 'body' ? (JSON.parse(asked.body || '{}') as Record<string, unknown>) : {};
  const given = asked.query.get('p') ?? parameters.p;
  if (given === undefined || given === null) return 0;
  const position = Number(given);
  return world.kind === 'page' ? (position - world.start) * page : position;
}

function play(world: World, misled: (row: number) => number = (row) => row, lies: Lies = {}): void {
  const { kind, total } = world;
  // A partner that follows links knows the size itself.
  const page = kind === 'link' ? world.cap : Math.min(world.size, world.cap);
  const failing = new Set(world.failing);
  partner.play((asked, count) => {
    if (failing.delete(count)) return { status: 500 };
    const row = misled(firstRow(world, asked, page));
    const data = Array.from({ length: Math.max(0, Math.min(page, total - row)) }, (_, i) => ({
      id: row + i + 1,
    }));
    const next = row + page;
    const more = next < total;
    const pages = Math.ceil(total / page);
    const link = `rows?p=${next}`;
    return {
      json: {
        data,
        more,
        done: !more,
        next: more ? next : null,
        links: { next: more ? link : null },
        // Of pages that start at 0, the last one's number is one less than their count.
        meta: { total, last: kind === 'page' && world.start === 0 ? pages - 1 : pages },
        ...lies.told?.(next),
      },
      ...(more ? { headers: { link: `<${link}>; rel="next"` } } : {}),
    };
  });
}

function streamIn(world: World) {
  const inBody = world.in === 'body' && world.kind !== 'link';
  return streamOf(partner.origin, {
    requester: {
      url: `${partner.origin}/rows`,
      ...(inBody ? { method: 'POST' as const, body: { json: {} } } : {}),
    },
    paginator: paginatorOf(world),
    record_selector: { path: 'data', ...(world.filtered ? { filter: { id: { gt: 20 } } } : {}) },
  });
}

describe('paging', () => {
  it('reads every record exactly once and finds the end, whatever the pages and signals', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        play(world);
        const read = await readStream(streamIn(world));
        expect(read.error).toBeUndefined();
        const ids = Array.from({ length: world.total }, (_, i) => i + 1);
        expect(read.records.map(({ id }) => id)).toEqual(world.filtered ? ids.filter((id) => id > 20) : ids);
        expect(read.result!.read).toBe(world.total);
        const smallest = world.kind === 'link' ? world.cap : Math.min(world.size, world.cap);
        expect(read.result!.pages).toBeLessThanOrEqual(Math.ceil(world.total / smallest) + 1);
      }),
      { numRuns: RUNS },
    );
  });

  it('never ends early and well where one signal says so and another one not', async () => {
    const long = worlds.filter(({ total, size, cap }) => total > Math.min(size, cap));
    await fc.assert(
      fc.asyncProperty(long, fc.nat({ max: 3 }), async (world, pagesStated) => {
        const page = world.kind === 'link' ? world.cap : Math.min(world.size, world.cap);
        const meta = {
          total: Math.min((pagesStated + 1) * page, world.total),
          last: world.start + pagesStated,
        };
        play(world, undefined, { told: () => ({ meta }) });
        const stop = ['has_more_path', 'total_path', 'last_page_path'] as const;
        const { error, records, result } = await readStream(
          streamIn({ ...world, stop: [...stop], filtered: false }),
        );
        if (meta.total === world.total) {
          expect(records).toHaveLength(world.total);
          return;
        }
        expect(error?.code).toBe('total_mismatch');
        expect(result).toBeUndefined();
        play(world, undefined, { told: () => ({ meta: { ...meta, total: world.total } }) });
        const believed = await readStream(streamIn({ ...world, stop: [...stop], filtered: false }));
        expect(believed.records).toHaveLength(world.total);
        expect(believed.result!.contradictions).toBeGreaterThan(0);
      }),
      { numRuns: RUNS },
    );
  });

  it('ends in an error where the partner leads back, and never goes round', async () => {
    const looping = worlds.filter(({ total, size, cap }) => total > 2 * Math.max(size, cap));
    await fc.assert(
      fc.asyncProperty(looping, fc.nat({ max: 5 }), async (world, back) => {
        // Whatever is asked for, nothing behind these rows is ever given, and the partner always says that more follows.
        const page = world.kind === 'link' ? world.cap : Math.min(world.size, world.cap);
        const last = Math.max(0, Math.min(back * page, world.total - 2 * page));
        play({ ...world, total: world.total + 1 }, (row) => Math.min(row, last));
        const { error } = await readStream(streamIn({ ...world, stop: [], filtered: false }));
        expect(['page_repeated', 'token_repeated']).toContain(error?.code);
        expect(partner.asked.length).toBeLessThanOrEqual(back + 3 + world.failing.length);
      }),
      { numRuns: RUNS },
    );
  });
});
