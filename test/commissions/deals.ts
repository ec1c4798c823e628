import type { Agreement, DealFile, NgrDefinition, Plan, RevenueSharePlan } from '#libs/commissions';

/** The definition of NGR that the plans name. */
export const NGR: NgrDefinition = {
  ngr: 'net',
  brand: 'royal',
  time_zone: 'UTC',
  versions: [
    {
      ...{
        from: '2025-12-01',
        tax: '0.1',
        provider: '0.15',
        platform: '0',
        bonus: ['Prize'],
        jackpot: '0.01',
      },
      ...{
        chargebacks: true,
        adjustments: ['Other'],
        deposit_fee: '0.02',
        withdrawal_fee: '0',
        admin_fee: '0.05',
      },
    },
  ],
};

/** An agreement of the brand, which covers what comes by links of its name; a quarter of NGR, but for what is given. */
export function agreementOf(agreement: string, plans: Plan[], more: Partial<Agreement> = {}): Agreement {
  return {
    ...{
      agreement,
      partner: `${agreement} Ltd`,
      brand: 'royal',
      currency: 'EUR',
      time_zone: 'Europe/Vienna',
    },
    fx: { date: 'day' },
    covers: [{ link: `${agreement}*` }],
    excluded: { cpa: ['self_excluded', 'blocked', 'duplicate'], revenue_share: ['blocked', 'duplicate'] },
    plans,
    ...more,
  };
}

/** A quarter of NGR, whatever is carried. */
export const SHARE: RevenueSharePlan = {
  ...{ type: 'revenue_share', from: '2026-01-01', ngr: 'net' },
  revenue_share: { rate: '0.25', carry_over: true, ring_fenced: false },
};

/** One partner of each kind: hybrid with thresholds and a cap, steps of all players together, clawback, CPA alone. */
export const DEALS: DealFile[] = [
  NGR,
  agreementOf('acme', [
    {
      ...{ type: 'hybrid', from: '2026-01-01', ngr: 'net' },
      cpa: {
        ...{ on: 'qualification', amount: '40' },
        qualification: { within_days: 30, of: 'registration', deposit_amount: '50', wager_count: 2 },
        cap: { count: 2 },
      },
      revenue_share: { rate: '0.2', carry_over: true, ring_fenced: false, high_roller: { loss: '500' } },
    },
  ]),
  agreementOf(
    'bolt',
    [
      {
        ...{ type: 'revenue_share', from: '2026-01-01', ngr: 'net' },
        revenue_share: {
          ...{ carry_over: true, ring_fenced: false, cap: '70' },
          scale: {
            ...{ kind: 'ladder', by: 'base', per: 'partner' },
            steps: [
              { from: '0', rate: '0.25' },
              { from: '100', rate: '0.35' },
            ],
          },
        },
      },
    ],
    { covers: [{ link: 'bolt*' }, { source: 'bolt' }], time_zone: 'America/New_York' },
  ),
  agreementOf('core', [
    {
      ...{ type: 'clawback', from: '2026-01-01', ngr: 'net' },
      cpa: { on: 'ftd', amount: '30' },
      revenue_share: { rate: '0.5', carry_over: false, ring_fenced: true },
    },
  ]),
  agreementOf('dune', [{ type: 'cpa', from: '2026-01-01', cpa: { on: 'install', amount: '2.5' } }]),
];
