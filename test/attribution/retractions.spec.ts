import type { Database } from '#libs/database';
import type { CanonicalEvent } from '#libs/events';
import { conversionIdOf } from '#apps/attribution';
import { canonicalDump, emptyTables } from '#test/canonical-dump';
import { withMigratedDatabase } from '#test/migrated-database';
import { instantOf, toldEvent } from '#test/told-events';
import { recompute } from '../../apps/attribution/src/recompute.js';
import { Engine, batchesOf, recordsOfEvents } from './engine.js';

let database: Database;
withMigratedDatabase((opened) => (database = opened));
beforeEach(() => emptyTables(database.pool));

function tell(
  source: string,
  kind: 'deposit' | 'retraction',
  fields: Record<string, unknown>,
): CanonicalEvent {
  const told = { source, kind, stream: 's', natural_key: 'd', occurred_at: instantOf(1), ...fields };
  return toldEvent(told, { brand: 'one' });
}

const paid = { player_id: 'anna', amount: '40', currency: 'EUR' };
const retracted = (version: string, fields: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...{ conversion_type: 'deposit', version },
  ...fields,
});
const batch = (...events: CanonicalEvent[]): Parameters<Engine['attribute']>[0] =>
  batchesOf(recordsOfEvents(events, 0), [1_000])[0]!;

async function dumpAfter(...events: CanonicalEvent[]): Promise<string> {
  await emptyTables(database.pool);
  await new Engine(database).attribute(batch(...events));
  return canonicalDump(database.pool);
}

it('tells topic conversions of what is gone, and of what is back', async () => {
  const deposit = tell('orders', 'deposit', { ...paid, transaction_id: '1', version: '1' });
  const id = conversionIdOf(deposit as never);
  const engine = new Engine(database);
  await engine.attribute(batch(deposit));
  expect(engine.published.get(id)).toContain('"amount":"40"');
  await engine.attribute(batch(tell('orders', 'retraction', retracted('2', { transaction_id: '1' }))));
  expect(engine.published.get(id)).toBeNull();
  await engine.attribute(
    batch(tell('orders', 'deposit', { ...paid, amount: '41', transaction_id: '1', version: '3' })),
  );
  expect(engine.published.get(id)).toContain('"amount":"41"');
});

it.each<[string, Record<string, unknown>, string]>([
  ['a deposit', { transaction_id: '1' }, 'orders'],
  ['a deposit that pixels alone tell of', { transaction_id: '1' }, 'pixel-server'],
  ['a weak deposit', {}, 'ga4'],
])('leaves no row of %s that is taken back while its row is written', async (_what, named, source) => {
  const deposit = tell(source, 'deposit', { ...paid, ...named });
  const retraction = tell(source, 'retraction', retracted('1', named));
  const expected = await dumpAfter(deposit, retraction);
  await emptyTables(database.pool);
  const id = conversionIdOf(deposit as never);
  const engine = new Engine(database);
  await engine.dieAfterFacts(batch(deposit));

  const [reached, reach] = gate();
  const [released, release] = gate();
  const slow = Object.create(database) as Database;
  slow.transaction = async (work) => {
    reach();
    await released;
    return database.transaction(work);
  };
  const recomputed = recompute(slow, { inserted: [id], updated: [], links: [], touches: [] });
  await reached;
  await engine.attribute(batch(retraction));
  release();
  expect((await recomputed).rows.get(id)).toBeNull();
  expect(await canonicalDump(database.pool)).toBe(expected);
});

function gate(): [opened: Promise<void>, open: () => void] {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return [opened, open];
}
