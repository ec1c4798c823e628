import type { Database } from '#libs/database';
import { eventId, type RawEvent } from '#libs/events';
import { canonicalDump, emptyTables } from '#test/canonical-dump';
import { exampleRawConversion, exampleRawInstall } from '#test/example-events';
import { withMigratedDatabase } from '#test/migrated-database';
import { Engine, batchesOf, recordsOf } from './engine.js';

let database: Database;
withMigratedDatabase((opened) => (database = opened));

const PLAYERS = ['anna', 'berta', 'clara'] as const;

/** Distinct ids, and for the same weak deposit one natural key whoever tells it. */
function identified(raw: RawEvent, natural_key: string, source: RawEvent['source']): RawEvent {
  const payload = JSON.stringify(raw.payload);
  const id = eventId({ brand: raw.brand, source, stream: raw.stream, naturalKey: natural_key, payload });
  return { ...raw, source, natural_key, event_id: id };
}

/** All three are known to belong to the click, and each has a deposit of the same money. */
const known: RawEvent[] = PLAYERS.flatMap((player_id) => [
  identified(
    exampleRawInstall({ type: 'registration', player_id }),
    `registration ${player_id}`,
    'pixel-server',
  ),
  identified(
    exampleRawConversion({ player_id, transaction_id: `tx-${player_id}`, client: undefined }),
    `tx|${player_id}`,
    'pixel-server',
  ),
]);

/** The same weak deposit, told to be this player's. */
const weak = (player_id: string, source: RawEvent['source']): RawEvent =>
  identified(
    exampleRawConversion({ player_id, transaction_id: undefined, client: undefined }),
    'weak',
    source,
  );

async function delivered(batches: RawEvent[][]): Promise<string> {
  await emptyTables(database.pool);
  const engine = new Engine(database);
  for (const raw of batches) await engine.attribute(batchesOf(recordsOf(raw, 0), [1_000])[0]!);
  return canonicalDump(database.pool);
}

describe('a weak deposit that another telling gives to another player', () => {
  const tellings = PLAYERS.flatMap((player) =>
    (['pixel-browser', 'pixel-server'] as const).map((source) => weak(player, source)),
  );

  it('leaves nothing of itself in the row that it was part of, in whatever order it is told', async () => {
    for (const [i, a] of tellings.entries()) {
      for (const [j, b] of tellings.entries()) {
        if (a.payload.player_id === b.payload.player_id) continue;
        const c = tellings[(i + 2 * j) % tellings.length]!;
        const expected = await delivered([[...known, a, b, c]]);
        expect(await delivered([known, [a], [b], [c]])).toBe(expected);
      }
    }
  });
});

describe('a deposit that earlier tellings give to one player after another', () => {
  const HOLDERS = ['anna', 'berta', 'clara', 'dora'] as const;
  const clickOf = (i: number): string => `00000000-0000-4000-8000-00000000000${i}`;
  /** Everyone's own deposit at 12:00. */
  const own = HOLDERS.map((player_id, i) =>
    identified(
      exampleRawConversion({
        player_id,
        click_id: clickOf(i),
        transaction_id: `own-${player_id}`,
        time: '2026-11-21T12:00:00.000000Z',
        client: undefined,
      }),
      `tx|own-${player_id}`,
      'pixel-server',
    ),
  );
  /** The same transaction, told to be this player's at this hour: the earliest telling stands. */
  const told = (player: number, hour: number): RawEvent =>
    identified(
      exampleRawConversion({
        player_id: HOLDERS[player],
        click_id: clickOf(player),
        transaction_id: 'contested',
        time: `2026-11-21T0${hour}:00:00.000000Z`,
        client: undefined,
      }),
      'tx|contested',
      'pixel-server',
    );

  it('gives the first deposit back to everyone who held it, however many came between', async () => {
    for (const order of [
      [0, 1, 2, 3],
      [2, 0, 3, 1],
      [1, 3, 0, 2],
    ]) {
      const tellings = order.map((player, i) => told(player, 9 - i));
      const expected = await delivered([[...own, ...tellings]]);
      expect(await delivered([own, ...tellings.map((t) => [t])])).toBe(expected);
    }
  });

  it('does so too where the process died before it could say what followed', async () => {
    const [first, second, third] = [told(2, 9), told(0, 8), told(3, 7)];
    const expected = await delivered([[...own, first, second, third]]);
    await emptyTables(database.pool);
    const engine = new Engine(database);
    const batch = (raw: RawEvent[], partition: number) => batchesOf(recordsOf(raw, partition), [1_000])[0]!;
    await engine.attribute(batch([...own, first], 0));
    await engine.dieAfterFacts(batch([second], 1));
    await engine.attribute(batch([third], 2));
    await engine.attribute(batch([second], 1));
    expect(await canonicalDump(database.pool)).toBe(expected);
  });
});
