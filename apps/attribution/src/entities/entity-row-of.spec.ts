import type { EntityRow, StoredTransaction } from '#libs/database';
import { conversionId, instantToMicros, type EntityEvent, type MovementEvent } from '#libs/events';
import { EXAMPLE_CUSTOM, EXAMPLE_RECORDS, exampleEntityEvents } from '#test/example-entities';
import { conversionIdOf } from '../conversion-key.js';
import { entityRowOf, movementRowOf } from './entity-row-of.js';
import { entityRowsOfEvents } from './entity-rows-of-events.js';
import { changedDeposits, depositIdsIn } from './store-entities.js';

const BASE = {
  ...{ event_id: 'e1', source: 'spacevegas-api', stream: 'transactions', brand: 'b', natural_key: 'k' },
  occurred_at: '2026-11-21T09:00:00.000000Z',
  received_at: '2026-11-21T10:00:00.000000Z',
};
const events = exampleEntityEvents(BASE);
const record = EXAMPLE_RECORDS.transaction;
const transaction = (change: Partial<typeof record>): EntityEvent => ({
  ...{ ...BASE, kind: 'transaction', record: { ...record, ...change } },
});
const DEPOSIT = conversionId('b', 'deposit', 'tx:123456789');

describe('entityRowOf', () => {
  it('is the record and who told it', () => {
    expect(entityRowOf(events.find((e) => e.kind === 'player')!)).toEqual({
      brand: 'b',
      record: EXAMPLE_RECORDS.player,
      custom: EXAMPLE_CUSTOM,
      source: 'spacevegas-api',
      trust: 'partner_api',
      authority: 1,
      version: instantToMicros('2026-11-21T09:59:30.000000Z'),
      event_id: 'e1',
      received_at: BASE.received_at,
      conversion_id: null,
    });
  });

  it.each([
    ['its own version', { version: '7' }, 7n],
    ['an instant as its version', { version: BASE.received_at }, instantToMicros(BASE.received_at)],
    ['when it happened', {}, instantToMicros(BASE.occurred_at)],
  ])('has, where its kind has no version field, %s', (_what, change, expected) => {
    const tournament = events.find((e) => e.kind === 'tournament')!;
    expect(entityRowOf({ ...tournament, ...change }).version).toBe(expected);
  });

  it.each([
    ['real money in', {}, DEPOSIT],
    ['money in of no type', { type: undefined }, DEPOSIT],
    ['failed real money in', { status: 'Fail' as const }, DEPOSIT],
    ['a bonus', { type: 'Prize' as const }, null],
    ['a withdrawal', { dir: 'OUT' as const }, null],
  ])('gives %s its conversion: %j', (_what, change, expected) => {
    expect(entityRowOf(transaction(change)).conversion_id).toBe(expected);
  });

  it('gives a deposit the conversion that a pixel with its transaction id gives it', () => {
    const { conversion_id } = entityRowOf(transaction({}));
    expect(conversion_id).toBe(conversionIdOf({ ...BASE, kind: 'deposit', transaction_id: record.id }));
  });
});

describe('movementRowOf', () => {
  const withdrawal: MovementEvent = {
    ...{ ...BASE, kind: 'withdrawal', player_id: 'p', transaction_id: 't', amount: '5', currency: 'EUR' },
  };

  it.each([
    [{}, { type: 'Normal', dir: 'OUT', status: 'Success', updated_at: BASE.occurred_at }],
    [{ status: 'pending' }, { type: 'Normal', dir: 'OUT', status: 'New' }],
    [
      { kind: 'bonus', status: 'rejected' },
      { type: 'Prize', dir: 'IN', status: 'Fail' },
    ],
    [{ version: BASE.received_at }, { created_at: BASE.occurred_at, updated_at: BASE.received_at }],
    [{ version: '7' }, { updated_at: BASE.occurred_at }],
  ])('of %j is %j', (change, expected) => {
    const row = movementRowOf({ ...withdrawal, ...change } as MovementEvent);
    expect(row).toMatchObject({ authority: 0, conversion_id: null });
    expect(row.record).toMatchObject({ id: 't', player_id: 'p', amount: '5', currency: 'EUR', ...expected });
  });

  it('is a row of transactions', () => {
    const expected = [{ kind: 'transaction', rows: [movementRowOf(withdrawal)] }];
    expect(entityRowsOfEvents([withdrawal, withdrawal])).toEqual(expected);
  });

  it("gives way to a product API's record of an earlier version", () => {
    const told = { ...withdrawal, transaction_id: record.id, version: '2027-01-01T00:00:00.000000Z' };
    for (const batch of [
      [told, transaction({})],
      [transaction({}), told],
    ]) {
      expect(entityRowsOfEvents(batch)).toEqual([
        { kind: 'transaction', rows: [entityRowOf(transaction({}))] },
      ]);
    }
  });
});

describe('entityRowsOfEvents', () => {
  it('has the kinds that are told of, in one order, and one row a thing, sorted by its key', () => {
    const session = (session_id: string, bet_count: string): EntityEvent => ({
      ...{ ...BASE, kind: 'game_session', event_id: bet_count },
      record: { ...EXAMPLE_RECORDS.game_session, session_id, bet_count },
    });
    const told = [session('b', '1'), session('a', '10'), events[0]!, session('a', '9'), session('b', '2')];
    const rows = entityRowsOfEvents(told);
    expect(rows.map(({ kind }) => kind)).toEqual(['player', 'game_session']);
    expect(rows[1]!.rows.map((r) => (r as EntityRow<'game_session'>).record)).toMatchObject([
      { session_id: 'a', bet_count: '10' },
      { session_id: 'b', bet_count: '2' },
    ]);
    expect(entityRowsOfEvents([...told].reverse())).toEqual(rows);
  });

  it('has nothing of tests and of other kinds', () => {
    const tests = events.map((e) => ({ ...e, is_test: true as const }));
    expect(entityRowsOfEvents([...tests, { ...BASE, kind: 'registration' }])).toEqual([]);
  });
});

describe('changedDeposits', () => {
  const stored = (change: Partial<StoredTransaction>): StoredTransaction => ({
    ...{ brand: 'b', id: 't', conversion_id: 'c', player_id: 'p', inserted: false },
    ...{
      previous_conversion_id: 'c',
      previous_player_id: 'p',
      previous_created_at: '2026-11-21 09:00:00',
      ...change,
    },
  });
  const formerly = { conversion_id: 'c', player_id: 'p', occurred_at: '2026-11-21T09:00:00.000000Z' };

  it.each([
    ['new', { previous_conversion_id: null, previous_player_id: null, inserted: true }, [['c'], [], []]],
    ['no deposit before', { previous_conversion_id: null }, [['c'], [], []]],
    ['never a deposit', { conversion_id: null, previous_conversion_id: null }, [[], [], []]],
    ['changed', {}, [[], ['c'], [formerly]]],
    ["somebody else's", { player_id: 'q' }, [[], ['c'], [formerly]]],
    ['no deposit any more', { conversion_id: null }, [[], ['c'], [formerly]]],
  ])('of one that is %s', (_what, change, [inserted, updated, holders]) => {
    expect(changedDeposits([stored(change)])).toMatchObject({ inserted, updated, holders });
  });
});

it('depositIdsIn has every transaction, those that are no deposits now as well', () => {
  const rows = entityRowsOfEvents([transaction({ id: '1', dir: 'OUT' }), transaction({}), events[0]!]);
  expect(depositIdsIn(rows)).toEqual([conversionId('b', 'deposit', 'tx:1'), DEPOSIT]);
  expect(depositIdsIn([])).toEqual([]);
});
