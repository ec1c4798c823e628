import { settleMonths, type Deal, type PartnerMonth, type RevenueShare } from '#libs/commissions';
import { deal, segment, sharePlan } from '#test/deals';
import { partnerText } from './partner-text.js';

const steps = [
  { from: '0', rate: '0.2' },
  { from: '5000', rate: '0.3' },
];

/** What is told of an October with so much that counts, behind months that left a loss. */
function told(of: Deal, terms: Partial<PartnerMonth['segments'][number]>, carriedIn = '0'): string[] {
  const part = {
    segment: segment(of, '2026-10'),
    counted: '0',
    firstDeposits: 0,
    playerShare: '0',
    cpas: [],
  };
  const month: PartnerMonth = { period: '2026-10', segments: [{ ...part, ...terms }] };
  const { commissions } = settleMonths([month], carriedIn)[0]!;
  const plans = new Map(of.plans.map(({ plan, version }) => [version, plan]));
  return partnerText(commissions, plans, 'EUR')?.split('\n') ?? [];
}

const shared = (terms: Partial<RevenueShare>): Deal => deal([sharePlan(terms)]);

it('tells which step was reached, by what counts and by first deposits', () => {
  const byBase = shared({ scale: { kind: 'tiered', by: 'base', per: 'partner', steps } });
  expect(told(byBase, { counted: '6000' })).toEqual([
    'Of all players together:',
    '- Revenue share: 6,000.00 reach the step from 5,000.00: 30 % of 6,000.00 = 1,800.00',
  ]);
  const byCount = shared({
    scale: {
      kind: 'tiered',
      by: 'first_deposits',
      per: 'partner',
      steps: [steps[0]!, { from: '10', rate: '0.3' }],
    },
  });
  expect(told(byCount, { counted: '100', firstDeposits: 12 })).toContain(
    '- Revenue share: 12 first deposits reach the step from 10: 30 % of 100.00 = 30.00',
  );
  const ladder = shared({ scale: { kind: 'ladder', by: 'base', per: 'partner', steps } });
  expect(told(ladder, { counted: '6000' })).toEqual([
    'Of all players together:',
    '- Revenue share: 20 % of the 5,000.00 in the step from 0.00; 30 % of the 1,000.00 in the step',
    '  from 5,000.00; together 1,300.00',
  ]);
});

it('tells what is carried, forgiven and capped', () => {
  expect(told(shared({ carry_over: true }), { playerShare: '-50' }, '-20')).toEqual([
    'Of all players together:',
    '- Loss brought forward: what the months before have left',
    '- Loss carried forward or forgiven: −20.00 of months before and −50.00 of this month are',
    '  −70.00, which is carried to the month after',
  ]);
  expect(told(shared({}), { playerShare: '-50' })).toEqual([
    'Of all players together:',
    '- Loss carried forward or forgiven: 0.00 of months before and −50.00 of this month are −50.00,',
    '  which is forgiven',
  ]);
  expect(told(shared({ cap: '1000' }), { playerShare: '1200' })).toEqual([
    'Of all players together:',
    '- Revenue share beyond the cap: 1,200.00 is more than 1,000.00, the most of a month',
  ]);
  const cpa = deal([
    { type: 'cpa', from: '2020-01-01', cpa: { on: 'ftd', amount: '50', cap: { count: 1, amount: '80' } } },
  ]);
  const at = '2026-10-03T10:00:00.000000Z';
  const cpas = ['anna', 'ben'].map((subject) => ({ subject, at, amount: '50' }));
  expect(told(cpa, { cpas })).toEqual([
    'Of all players together:',
    '- CPA beyond the cap: 1 of 2 are paid (at most 1 a month and 80.00 a month, the last is anna,',
    '  2026-10-03 10:00 UTC); 50.00 is not',
  ]);
  expect(told(cpa, {})).toEqual([]);
});
