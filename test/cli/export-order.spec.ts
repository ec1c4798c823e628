import { rawEventKey, serializeRawEvent, newReceiptId, Topic, type RawEvent } from '#libs/events';
import { exampleRawClick, exampleRawConversion, exampleRawInstall } from '#test/example-events';
import { withLoadedCli } from '#test/loaded-cli';
import { testDatabase } from '#test/postgres';
import { startRiver } from '#test/whole-river';

const runCli = withLoadedCli();

const TABLES = ['conversions', 'conversion_facts', 'clicks', 'receipts', 'deposit_pairings'];

const EVENTS = [
  exampleRawClick({ player_id: undefined }),
  exampleRawConversion({
    type: 'registration',
    transaction_id: undefined,
    amount: undefined,
    currency: undefined,
  }),
  exampleRawConversion(),
  exampleRawConversion({ transaction_id: undefined, time: '2026-11-21T09:58:00.000000Z' }),
  exampleRawConversion({ amount: '41' }),
  exampleRawInstall(),
].map((event, i): RawEvent => {
  const receivedMs = Date.parse(event.received_at) + i * 1_000;
  return { ...event, receipt_id: newReceiptId(receivedMs, Buffer.from(`abcde${i}`)) };
});

/** The exports of a river into which the events came in this order. */
async function exportsAfter(events: readonly RawEvent[]): Promise<string[]> {
  const database = await testDatabase();
  const river = await startRiver(database.url);
  for (const event of events) {
    const record = { key: rawEventKey('pixel', event.natural_key), value: serializeRawEvent(event) };
    await river.platform.eventLog.publish(Topic.rawEvents, [record]);
    if (event.receipt_id.endsWith('0')) await river.settled();
  }
  await river.settled();
  await river.stop();
  const ended = await Promise.all(
    TABLES.map((table) => runCli(['export', table], { DATABASE_URL: database.url })),
  );
  await database.drop();
  expect(ended.map((e) => e.code)).toEqual(TABLES.map(() => 0));
  return ended.map((e) => e.stdout);
}

it('exports the same bytes for the same facts, in whatever order and however often they came', async () => {
  const forth = await exportsAfter(EVENTS);
  const back = await exportsAfter([...EVENTS].reverse().concat(EVENTS.slice(2, 4)));
  expect(back).toEqual(forth);
  expect(forth.map((text) => text.length)).not.toContain(0);
});
