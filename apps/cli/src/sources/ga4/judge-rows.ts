import { countOf } from '../trial-text.js';
import type { Finding } from './finding.js';
import type { RowFacts } from './row-facts.js';
import { countsText } from './tally-rows.js';

/** Names under which GA4's recommended events, and its own, tell of what is likely a conversion. */
const LIKELY: Readonly<Record<string, string>> = {
  sign_up: 'registration',
  first_open: 'install',
  app_install: 'install',
};

/** What the rows of a shard tell of the tags that sent them. */
export function judgeRows(facts: RowFacts): Finding[] {
  if (facts.rows === 0) {
    return [{ question: 'What do its rows have?', verdict: 'cannot tell', why: `${facts.shard} has no row` }];
  }
  return [judgeConsent(facts), ...judgePurchases(facts), judgeLinks(facts), ...judgeOthers(facts)];
}

function judgeConsent({ rows, withoutClient, shard }: RowFacts): Finding {
  const question = 'Do rows name their visitors?';
  const why = `${shareText(rows - withoutClient, rows)} of ${countOf(rows, 'row')} of ${shard} have a user_pseudo_id; the others have no consent, and no journey`;
  return { question, verdict: 'ok', why };
}

function judgePurchases(facts: RowFacts): Finding[] {
  const { purchases, purchasesWithoutId: without, purchasesWithoutMoney, currencies } = facts;
  const question = 'Do purchases have transaction ids?';
  if (purchases === 0) return [{ question, verdict: 'cannot tell', why: 'there is no purchase' }];
  const ids: Finding = {
    question,
    verdict: without === 0 ? 'ok' : 'wrong',
    why: `${shareText(purchases - without, purchases)} of ${countOf(purchases, 'purchase')} have one`,
    ...(without > 0 && {
      advice:
        'send transaction_id with every purchase: without it another source of the same purchase is a second one',
    }),
  };
  const money: Finding = {
    question: 'Do purchases have amounts?',
    verdict: purchasesWithoutMoney === 0 ? 'ok' : 'wrong',
    why: `${shareText(purchases - purchasesWithoutMoney, purchases)} have an amount with its currency: ${countsText(currencies) || 'none'}`,
    ...(purchasesWithoutMoney > 0 && { advice: 'send value and currency with every purchase' }),
  };
  return [ids, money];
}

function judgeLinks({ conversions, linked }: RowFacts): Finding {
  const question = 'Whose are conversions?';
  if (conversions === 0) return { question, verdict: 'cannot tell', why: 'there is no conversion' };
  const why = `${shareText(linked, conversions)} of ${countOf(conversions, 'conversion')} name a user, a player or a click of ours`;
  if (linked > 0) return { question, verdict: 'ok', why };
  return {
    question,
    verdict: 'ok',
    why,
    advice:
      'set user_id to the player id where visitors sign in, or keep click_id in the landing page’s URL: they join journeys',
  };
}

/** Events that may be conversions, and are none by the definition. */
function judgeOthers({ byEvent }: RowFacts): Finding[] {
  const likely = Object.entries(LIKELY).filter(([name]) => byEvent.has(name));
  if (likely.length === 0) return [];
  const rules = likely.map(
    ([name, kind]) =>
      `  - { event: ${kind}, when: { event_name: { equals: ${name} } }, fields: { player_id: user_id } }`,
  );
  return [
    {
      question: 'What else may be a conversion?',
      verdict: 'ok',
      why: likely.map(([name]) => countOf(byEvent.get(name)!, name)).join(', '),
      advice: `where they are not in conversions yet:\nconversions:\n${rules.join('\n')}`,
    },
  ];
}

function shareText(part: number, whole: number): string {
  const percent = (part / whole) * 100;
  return `${percent > 0 && percent < 100 ? percent.toFixed(1) : percent} %`;
}
