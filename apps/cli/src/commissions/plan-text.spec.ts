import type { Cpa, Plan, RevenueShare } from '#libs/commissions';
import { planText } from './plan-text.js';

const cpa: Cpa = { on: 'ftd', amount: '80' };
const share: RevenueShare = { rate: '0.225', carry_over: true, ring_fenced: false };
const RANGE = { from: '2026-01-01' };
const SHARING = { ...RANGE, ngr: 'standard' };
const steps = [
  { from: '0', rate: '0.2' },
  { from: '50', rate: '0.3' },
  { from: '100', rate: '0.4' },
];
const scaled = (scale: Partial<RevenueShare['scale']>): RevenueShare => ({
  carry_over: true,
  ring_fenced: false,
  scale: { kind: 'tiered', by: 'base', per: 'partner', steps, ...scale },
});

it.each<[Plan, string]>([
  [{ type: 'cpa', ...RANGE, cpa }, '80 EUR per first deposit'],
  [
    { type: 'cpa', ...RANGE, cpa: { ...cpa, on: 'install', cap: { count: 200, amount: '12000' } } },
    '80 EUR per install (at most 200 and 12000 EUR a month)',
  ],
  [
    { type: 'revenue_share', ...SHARING, revenue_share: { ...share, cap: '9' } },
    '22.5% of the base (at most 9 EUR a month)',
  ],
  [{ type: 'revenue_share', ...SHARING, revenue_share: scaled({}) }, '20% to 40% of the base, tiered'],
  [
    { type: 'revenue_share', ...SHARING, revenue_share: scaled({ by: 'first_deposits' }) },
    '20% to 40% of the base, tiered by first deposits',
  ],
  [
    {
      type: 'hybrid',
      ...SHARING,
      cpa: { ...cpa, on: 'qualification' },
      revenue_share: scaled({ kind: 'ladder' }),
    },
    '80 EUR per qualified player, and 20% to 40% of the base, ladder',
  ],
  [
    { type: 'clawback', ...SHARING, cpa, revenue_share: scaled({ per: 'player', steps: steps.slice(0, 1) }) },
    '20% of the base of each player, tiered, 80 EUR per first deposit in advance',
  ],
])('a plan in a phrase: %#', (plan, text) => {
  expect(planText(plan, 'EUR')).toBe(text);
});
