import type { Publishable } from '#test/fake-pubsub/fake-pubsub';

/** The n-th message: a transaction of 330 bytes of JSON, two attributes. */
export function benchMessage(n: number): Publishable {
  const at = new Date(Date.UTC(2026, 10, 1) + n * 100).toISOString();
  const data = JSON.stringify({
    id: `tx-${1_000_000 + n}`,
    player_id: `player-${n % 10_000}`,
    amount: `${((n % 5_000) / 100 + 1).toFixed(2)}`,
    currency: 'EUR',
    type: 'Normal',
    status: 'Success',
    payment_system: 'visa',
    dir: 'IN',
    created_at: at,
    updated_at: at,
    wallet_id: `wallet-${n % 10_000}`,
    comment: 'a deposit of the welcome campaign by card',
  });
  return { data, attributes: { region: 'eu', version: '3' } };
}

/** The definition under which they are read. */
export const BENCH_SOURCE = `name: bench
type: pubsub
brand: spacevegas
project: test
streams:
  - name: deposits
    subscription: bench
    primary_key: [data.id]
    cursor_field: data.updated_at
    mapping:
      - event: deposit
        fields:
          transaction_id: data.id
          player_id: data.player_id
          occurred_at: { path: data.created_at, time: iso }
          amount: { path: data.amount, money: EUR }
`;
