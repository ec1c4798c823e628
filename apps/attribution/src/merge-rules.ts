/**
 * How what several sources say of one conversion becomes one row. All of the rules are here:
 *
 * - one source, told again: the greater version stands; without versions the earliest; then the status that is
 *   further on (`STATUS_RANKS`), then the earliest, then a hash of the event (`compareFacts`)
 * - a source that takes its word back has none: what it told at a lower version does not stand (`ConversionSlot`)
 * - several sources: each field from the first source that has it, in the field's order (`FIELD_ORDERS`); the time from
 *   the first that says whose the conversion is (`mergeFacts`)
 * - a reversal by any source, before or after, once or often: reversed (`resolve-returns.ts`)
 * - refunds add up, each refund id once, as its weightiest source tells it (`resolve-returns.ts`)
 * - a deposit without a transaction id may be one that has it (`pair-deposits.ts`)
 */
import { compareBytes, type ConversionFact } from '#libs/database';
import { TRUSTS, trustOf, type EventStatus, type Trust } from '#libs/events';

/** How much a source's word weighs, by the way in which it tells. */
const WEIGHTS = {
  partner_api: 5,
  pubsub: 4,
  postback: 4,
  pixel_server: 3,
  pixel_browser: 2,
  ga4: 1,
} satisfies Record<Trust, number>;

/** Of two words of one source with the same version the one with the greater rank stands: a status never goes
 * back, and what is told goes before that it no longer is. `transaction` records have a rank between pending and
 * approved. */
export const STATUS_RANKS = { retracted: -1, pending: 0, approved: 2, rejected: 3 } satisfies Record<
  EventStatus | 'retracted',
  number
>;

/** In which order facts are asked for a field. */
export type FactOrder = 'authority' | 'first_hand';

/** The order of each field of a conversion. */
export const FIELD_ORDERS = {
  player_id: 'authority',
  click_id: 'first_hand',
  client_id: 'authority',
  user_id: 'authority',
  transaction_id: 'authority',
  occurred_at: 'authority',
  amount: 'authority',
  currency: 'authority',
  status: 'authority',
} satisfies Record<string, FactOrder>;

export type MergedField = keyof typeof FIELD_ORDERS;

/** A rule of an order: which of two facts it puts first, and why, in words. */
interface Rule {
  compare: (a: ConversionFact, b: ConversionFact) => number;
  /** @param then whom it puts behind the first one; never empty */
  reason: (first: ConversionFact, then: readonly ConversionFact[]) => string;
}

const AUTHORITY: readonly Rule[] = [
  {
    compare: (a, b) => WEIGHTS[trustedAs(b)] - WEIGHTS[trustedAs(a)],
    reason: (first, then) => `${TRUST_NAMES[trustedAs(first)]} goes before ${namesOf(then)}`,
  },
  {
    compare: (a, b) => Number(a.weak) - Number(b.weak),
    reason: () => 'a word with a transaction id goes before one without',
  },
  {
    compare: (a, b) => compareBytes(a.source, b.source),
    reason: () => 'of two that weigh the same, the source whose name comes first in the alphabet goes first',
  },
  {
    compare: (a, b) => compareBytes(a.conversion_id, b.conversion_id),
    reason: () => 'of two words of one source, that of the lower conversion id goes first',
  },
  {
    compare: (a, b) => (a.version === b.version ? 0 : a.version > b.version ? -1 : 1),
    reason: () => 'of two words of one source, the one with the greater version goes first',
  },
  {
    compare: (a, b) => compareBytes(b.event_id, a.event_id),
    reason: () => 'of two words of one source and version, that of the greater event id goes first',
  },
];

/** Each order as its rules, the one that is looked at first first. */
const RULES = {
  authority: AUTHORITY,
  first_hand: [
    {
      compare: (a, b) => Number(isPixel(b)) - Number(isPixel(a)),
      reason: (_first, then) => `a pixel knows the click first-hand and goes before ${namesOf(then)}`,
    },
    ...AUTHORITY,
  ],
} satisfies Record<FactOrder, readonly Rule[]>;

/** Total orders, so that every replica asks in the same one. */
export const FACT_ORDERS = {
  authority: orderBy(RULES.authority),
  first_hand: orderBy(RULES.first_hand),
} satisfies Record<FactOrder, (a: ConversionFact, b: ConversionFact) => number>;

/** How each way of telling is called in a sentence. */
export const TRUST_NAMES = {
  partner_api: "a partner's API",
  pubsub: 'Pub/Sub',
  postback: 'a postback',
  pixel_server: 'a server pixel',
  pixel_browser: 'a browser pixel',
  ga4: 'GA4',
} satisfies Record<Trust, string>;

/**
 * Why an order puts a fact before others: a clause for each rule that decided, in the order of the rules.
 * @param then facts that the order puts behind the first
 */
export function reasonsOf(
  order: FactOrder,
  first: ConversionFact,
  then: readonly ConversionFact[],
): string[] {
  const decidedBy = (fact: ConversionFact): Rule | undefined =>
    RULES[order].find((rule) => rule.compare(first, fact) !== 0);
  return RULES[order].flatMap((rule) => {
    const behind = then.filter((fact) => decidedBy(fact) === rule);
    return behind.length === 0 ? [] : [rule.reason(first, behind)];
  });
}

/** The ways in which facts are told, each once, the weightiest first. */
function namesOf(facts: readonly ConversionFact[]): string {
  const ways = new Set(facts.map(trustedAs));
  const names = TRUSTS.filter((trust) => ways.has(trust)).map((trust) => TRUST_NAMES[trust]);
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function orderBy(rules: readonly Rule[]): (a: ConversionFact, b: ConversionFact) => number {
  return (a, b) => {
    for (const { compare } of rules) {
      const order = compare(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
}

type Word = Pick<ConversionFact, 'source' | 'trust'>;

/** The weightier first; of equals by the bytes of their names. */
export function compareWeight(a: Word, b: Word): number {
  return WEIGHTS[trustedAs(b)] - WEIGHTS[trustedAs(a)] || compareBytes(a.source, b.source);
}

/** The way in which a fact's source tells. */
export function trustedAs({ source, trust }: Word): Trust {
  return trustOf({ source, trust: trust ?? undefined });
}

function isPixel(fact: ConversionFact): boolean {
  const trust = trustedAs(fact);
  return trust === 'pixel_server' || trust === 'pixel_browser';
}
