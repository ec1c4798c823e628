import { TRUST_NAMES, resolveReturns, trustedAs } from '#apps/attribution';
import type { ReturnFact } from '#libs/database';
import { MAX_SCALE, amountOfUnits, unitsOf, type Instant, type Trust } from '#libs/events';
import { at, item, list, money, section } from './text.js';

/** A refund or reversal, as one source tells of it. */
export interface ReturnStory {
  kind: ReturnFact['kind'];
  /** The refund's id; null: a reversal. */
  refund_id: string | null;
  source: string;
  trust: Trust;
  amount: string | null;
  currency: string | null;
  occurred_at: Instant;
  received_at: Instant;
  event_id: string;
  /** Whether no weightier source tells of the same refund. A reversal always stands. */
  stands: boolean;
  /** Whether it makes the net amount less, and in words why. */
  counts: boolean;
  because: string;
}

/** @param currency the conversion's; null: it has no money, or nobody has told of it */
export function returnStories(returns: readonly ReturnFact[], currency: string | null): ReturnStory[] {
  const { reversedBy, refunds } = resolveReturns(returns, currency);
  const stories = returns.map((r): ReturnStory => {
    const verdict =
      r.kind === 'reversal'
        ? reversalVerdict(r, reversedBy)
        : refundVerdict(
            r,
            refunds.find((x) => x.return_id === r.return_id)!,
            currency,
          );
    return {
      kind: r.kind,
      refund_id: r.kind === 'refund' ? r.return_id : null,
      source: r.source,
      trust: trustedAs(r),
      amount: r.amount,
      currency: r.currency,
      occurred_at: r.occurred_at,
      received_at: r.received_at,
      event_id: r.event_id,
      ...verdict,
    };
  });
  const orderOf = (r: ReturnStory): string => [r.kind, r.occurred_at, r.refund_id, r.source].join(' ');
  return stories.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

type Verdict = Pick<ReturnStory, 'stands' | 'counts' | 'because'>;

function reversalVerdict(r: ReturnFact, reversedBy: string | null): Verdict {
  return r.source === reversedBy
    ? { stands: true, counts: true, because: 'it counts, whether it came before the conversion or after it' }
    : {
        stands: true,
        counts: true,
        because: `${reversedBy} has reversed it already: a conversion is reversed once`,
      };
}

function refundVerdict(r: ReturnFact, standing: ReturnFact, currency: string | null): Verdict {
  if (r.source !== standing.source) {
    return {
      stands: false,
      counts: false,
      because: `it is the same refund as that of ${standing.source}, whose word weighs more`,
    };
  }
  if (r.currency !== currency) {
    return {
      stands: true,
      counts: false,
      because: `it is not in the conversion's currency (${currency ?? 'it has none'})`,
    };
  }
  return { stands: true, counts: true, because: 'it counts' };
}

/** Everything that was taken back, or is said to have been. */
export function tellReturns(returns: readonly ReturnStory[]): string | undefined {
  if (returns.length === 0) return undefined;
  return section(
    'Taken back',
    returns.map((r) => {
      const what = r.kind === 'reversal' ? 'reversal' : `refund ${r.refund_id} of ${money(r)}`;
      const who = `${r.source} (${TRUST_NAMES[r.trust]})`;
      return item(
        `${what} by ${who}: ${r.because}\n` +
          `happened ${at(r.occurred_at)}, received ${at(r.received_at)}\nevent ${r.event_id}`,
      );
    }),
  );
}

/** A row as far as its net amount needs it. */
interface Earned {
  amount: string | null;
  status: string;
}

/** How the net amount comes about. */
export function whyNet({ amount, status }: Earned, returns: readonly ReturnStory[]): string {
  if (amount === null) return 'none: nobody tells an amount';
  if (status === 'reversed') {
    return `${list(returns.filter((r) => r.kind === 'reversal').map((r) => r.source))} reversed it`;
  }
  if (status === 'rejected') return 'it was rejected';
  const off = returns.filter((r) => r.kind === 'refund' && r.counts);
  const other = returns.filter((r) => r.kind === 'refund' && r.stands && !r.counts);
  const ignored = other.map(
    (r) => `; refund ${r.refund_id} of ${money(r)} is in another currency and not taken off`,
  );
  if (off.length === 0) return `the whole amount, as nothing was given back${ignored.join('')}`;
  const terms = off.map((r) => `− ${r.amount} (refund ${r.refund_id}, by ${r.source})`);
  const least = refundedOf(off) > unitsOf(amount, MAX_SCALE) ? ', but never less than 0' : '';
  return `${amount} ${terms.join(' ')}${least}${ignored.join('')}`;
}

/** What the refunds that count come to, canonical decimal. */
export function refundedAmount(returns: readonly ReturnStory[]): string {
  return amountOfUnits(refundedOf(returns.filter((r) => r.kind === 'refund' && r.counts)), MAX_SCALE);
}

function refundedOf(refunds: readonly ReturnStory[]): bigint {
  return refunds.reduce((units, r) => units + unitsOf(r.amount ?? '0', MAX_SCALE), 0n);
}
