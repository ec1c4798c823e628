import { hashOf, type Statement } from '#libs/commissions';

/** A statement whose hash is that of its figures. */
export function hashed(statement: Statement): Statement {
  const { status: _s, number: _n, closed_at: _a, closed_by: _b, unfinished: _u, ...figures } = statement;
  const { hash: _h, ...manifest } = statement.manifest;
  return { ...statement, manifest: { ...manifest, hash: hashOf({ ...figures, manifest }) } };
}

/** A closed statement with a line of each form: of players, of the partner, an adjustment, balances that are not 0. */
export const CLOSED_STATEMENT = hashed({
  agreement: 'acme-hybrid',
  partner: 'Acme & Söhne <media>',
  brand: 'spacevegas',
  period: '2026-10',
  currency: 'EUR',
  time_zone: 'Europe/Malta',
  status: 'closed',
  number: 3,
  closed_at: '2026-11-02T09:00:30.000000Z',
  closed_by: 'finance@desk',
  lines: [
    { kind: 'revenue_share', of_period: '2026-09', players: 1, exact: '-5.125', amount: '-5.12' },
    { kind: 'cpa', of_period: '2026-10', players: 12, exact: '1200', amount: '1200' },
    { kind: 'revenue_share', of_period: '2026-10', players: 40, exact: '234.5678', amount: '234.57' },
    { kind: 'cpa_cap', of_period: '2026-10', players: 0, exact: '-200', amount: '-200' },
  ],
  amount: '1229.45',
  opening_balance: '-29.45',
  payable: '1200',
  closing_balance: '0',
  unfinished: [],
  manifest: {
    agreement_version: 'a'.repeat(64),
    plan_versions: ['b'.repeat(64), 'c'.repeat(64)],
    ngr_versions: ['d'.repeat(64)],
    fx: { date: 'day', rates_hash: 'e'.repeat(64) },
    facts: {
      deposits: 1,
      transactions: 2,
      game_sessions: 1234,
      bets: 0,
      hash: '0123456789abcdef',
      received_at: '2026-11-01T00:00:00.000000Z',
    },
    last_entry_id: '77',
    hash: '',
  },
});

/** The same month before it was closed, with what stands in the way. */
export const OPEN_STATEMENT = hashed({
  ...CLOSED_STATEMENT,
  status: 'open',
  number: null,
  closed_at: null,
  closed_by: null,
  lines: [],
  amount: '0',
  opening_balance: '0',
  payable: '0',
  unfinished: ['2026-10 is not over', 'no rate for USD 2026-10-03'],
});
