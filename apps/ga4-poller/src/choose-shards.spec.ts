import type { Ga4ShardRow } from '#libs/database';
import type { ShardKind } from '#libs/ga4';
import { chooseShards } from './choose-shards.js';
import type { ShardInfo } from './export.js';
import { NO_COUNTS } from './shard-counts.js';

const EIGHT = '2026-11-21T08:00:00.000000Z';
const NINE = '2026-11-21T09:00:00.000000Z';

const shard = (day: string, kind: ShardKind, modifiedAt = EIGHT): ShardInfo => ({
  ...{ id: `${kind} ${day}`, day, kind, modifiedAt },
});
const parts = (shard: ShardInfo, parts: string): ShardInfo => ({ ...shard, parts });
const row = (day: string, kind: ShardKind, more: Partial<Ga4ShardRow> = {}): Ga4ShardRow => ({
  ...{ day, kind, modified_at: EIGHT, plan: {}, checkpoint: null, counts: NO_COUNTS, bytes_billed: 0 },
  ...{ started_at: EIGHT, finished_at: NINE },
  ...more,
});
const begun = { finished_at: null, checkpoint: 'page 2' };

describe('shards that are to be read', () => {
  it.each<[string, ShardInfo[], Ga4ShardRow[], string[]]>([
    [
      'the earliest day first',
      [shard('20261121', 'intraday'), shard('20261120', 'daily')],
      [],
      ['daily 20261120', 'intraday 20261121'],
    ],
    [
      'of a day the best alone',
      [shard('20261120', 'intraday', NINE), shard('20261120', 'daily'), shard('20261120', 'fresh', NINE)],
      [],
      ['daily 20261120'],
    ],
    [
      'fresh before intraday',
      [shard('20261120', 'intraday', NINE), shard('20261120', 'fresh')],
      [],
      ['fresh 20261120'],
    ],
    [
      'files that came later and are older',
      [parts(shard('20261120', 'daily'), 'ab')],
      [row('20261120', 'daily', { plan: { parts: 'a' } })],
      ['daily 20261120'],
    ],
    [
      'not the files that were read, as whatever version',
      [parts(shard('20261120', 'daily'), 'ab')],
      [row('20261120', 'daily', { modified_at: NINE, plan: { parts: 'ab' } })],
      [],
    ],
    [
      'not files that were read before their parts were noted',
      [parts(shard('20261120', 'daily'), 'ab')],
      [row('20261120', 'daily')],
      [],
    ],
    ['not what was read', [shard('20261120', 'daily')], [row('20261120', 'daily')], []],
    [
      'what has changed since',
      [shard('20261120', 'daily', NINE)],
      [row('20261120', 'daily')],
      ['daily 20261120'],
    ],
    [
      'the daily that has come',
      [shard('20261120', 'daily')],
      [row('20261120', 'intraday')],
      ['daily 20261120'],
    ],
    ['not what is gone', [], [row('20261120', 'intraday')], []],
    [
      'not an intraday that is still there beside its daily',
      [shard('20261120', 'daily'), shard('20261120', 'intraday', NINE)],
      [row('20261120', 'daily'), row('20261120', 'intraday', begun)],
      [],
    ],
    ['what was begun', [shard('20261120', 'daily')], [row('20261120', 'daily', begun)], ['daily 20261120']],
  ])('%s', (_case, shards, rows, due) => {
    expect(chooseShards(shards, rows).map((d) => d.shard.id)).toEqual(due);
  });

  it('go on where they were begun, though they have changed since', () => {
    const row0 = row('20261121', 'intraday', begun);
    expect(chooseShards([shard('20261121', 'intraday', NINE)], [row0])).toEqual([
      { shard: shard('20261121', 'intraday', NINE), begun: row0, isAgain: false },
    ]);
  });

  it('are read again where a version of their day was', () => {
    const rows = [row('20261120', 'intraday'), row('20261121', 'intraday', begun)];
    const due = chooseShards([shard('20261120', 'daily'), shard('20261121', 'daily')], rows);
    expect(due.map((d) => d.isAgain)).toEqual([true, false]);
  });
});
