import {
  amountOfUnits,
  instantToMicros,
  MAX_SCALE,
  unitsOf,
  type CanonicalEvent,
  type ConversionRow,
  type Trust,
} from '#libs/events';
import { factsOf, returnsOf, type Fact, type Refund } from './facts.js';
import { identityOf, type Identity } from './identity.js';
import { journeyTo, touchesOf, type KnownTouch } from './journeys.js';
import { descending, distinct, greatest, groupsBy, least, leastBy, sortedBy } from './order.js';

/**
 * The rules of the visible rows, written down a second time and as plainly as they read: everything is sorted,
 * nothing is looked up, every rule is applied once to the whole world. The attribution is held against it.
 */

/** What rows table `conversions` must have after these events, by conversion id. */
export function visibleRows(events: readonly CanonicalEvent[]): ConversionRow[] {
  const counted = events.filter((e) => e.is_test !== true);
  return sortedBy(groupsBy(counted, (e) => e.brand).flatMap(rowsOfBrand), (r) => [r.conversion_id]);
}

interface Brand {
  events: readonly CanonicalEvent[];
  identity: Identity;
  touches: readonly KnownTouch[];
}

function rowsOfBrand(events: readonly CanonicalEvent[]): ConversionRow[] {
  const brand = { events, identity: identityOf(events), touches: touchesOf(events) };
  const conversions = groupsBy(factsOf(events), (f) => f.conversion_id);
  const pairs = pairsAmong(
    conversions.map((facts) => ({
      row: rowOf(facts, brand),
      named: clickedBy(ranking(facts))?.click_id ?? null,
      weak: facts[0]!.weak,
    })),
  );
  const visible = conversions
    .filter(([f]) => !pairs.has(f!.conversion_id))
    .map((facts) => {
      const paired = conversions.filter(([f]) => pairs.get(f!.conversion_id) === facts[0]!.conversion_id);
      return rowOf([...facts, ...paired.flat()], brand);
    });
  const firsts = firstDeposits(visible);
  return visible.map((row) => ({ ...row, is_first_deposit: firsts.includes(row.conversion_id) }));
}

const TRUST_ORDER: Record<Trust, number> = {
  partner_api: 0,
  pubsub: 1,
  postback: 1,
  pixel_server: 2,
  pixel_browser: 3,
  ga4: 4,
};

/**
 * One row.
 * @param facts what is said of it, that of its own id first
 */
function rowOf(facts: readonly Fact[], { events, identity, touches }: Brand): ConversionRow {
  const { conversion_id, brand, type, conversion_key } = facts[0]!;
  const ranked = ranking(facts);
  const { refunds, reversals } = returnsOf(conversion_id, events);

  const transaction = ranked.find((f) => f.transaction_id !== null);
  const told = ranked.find((f) => f.player_id !== null);
  const priced = ranked.find((f) => f.money !== null) ?? ranked.find((f) => f.moneys.length > 0);
  const clicked = clickedBy(ranked);
  const signedIn = ranked.find((f) => f.user_id !== null);
  const user_id = signedIn?.user_id ?? null;
  const seen = ranked.find((f) => f.client_id !== null);
  const client_id = seen?.client_id ?? null;

  const named = clicked?.click_id ?? null;
  const names = [
    ...(user_id === null ? [] : [{ kind: 'user' as const, id: user_id }]),
    ...(named === null ? [] : [{ kind: 'click' as const, id: named }]),
    ...(client_id === null ? [] : [{ kind: 'client' as const, id: client_id }]),
  ];
  const through = told ? undefined : names.find((name) => identity.playerOf(name) !== null);
  const player_id = told?.player_id ?? (through ? identity.playerOf(through) : null);
  const timed = ranked.find((f) => {
    if (told) return f.player_id === player_id;
    if (through) return f[`${through.kind}_id`] === through.id;
    return named === null || f.click_id === named;
  })!;
  const { occurred_at } = timed;
  const destination = { player_id, user_id, client_id, click_id: named, occurred_at };
  const journey = journeyTo(destination, through ?? null, identity, touches);

  const reversal = sortedBy(reversals, (r) => [TRUST_ORDER[r.trust], r.source])[0];
  const status = reversal ? 'reversed' : ranked[0]!.status;
  const counted = groupsBy(refunds, (r) => r.refund_id).map((same) =>
    leastBy(same, (r) => [TRUST_ORDER[r.trust], r.source]),
  );
  const [currency = null, amount = null] = (priced?.money ?? priced?.moneys[0])?.split(' ') ?? [];
  const refunded = counted.filter((r) => r.currency === currency);
  const isNothing = status === 'reversed' || status === 'rejected';

  return {
    ...{ conversion_id, brand, type, conversion_key },
    player_id,
    click_id: journey.click_id,
    client_id,
    user_id,
    transaction_id: transaction?.transaction_id ?? null,
    occurred_at,
    amount,
    currency,
    net_amount: amount === null ? null : isNothing ? '0' : lessRefunds(amount, refunded),
    status,
    is_first_deposit: false,
    sources: distinct([...facts, ...reversals, ...refunds].map((f) => f.source)),
    conflict:
      distinct(facts.flatMap((f) => [...f.players, ...(f.player_id === null ? [] : [f.player_id])])).length >
        1 ||
      distinct(facts.flatMap((f) => [...f.moneys, ...(f.money === null ? [] : [f.money])])).length > 1 ||
      refunded.length < counted.length ||
      (amount !== null && sumOf(refunded) > unitsOf(amount, MAX_SCALE)),
    provenance: {
      occurred_at: timed.source,
      status: reversal?.source ?? ranked[0]!.source,
      ...(transaction && { transaction_id: transaction.source }),
      ...(priced && { amount: priced.source, currency: priced.source }),
      ...(player_id !== null && { player_id: told?.source ?? 'identity_link' }),
      ...(signedIn && { user_id: signedIn.source }),
      ...(seen && { client_id: seen.source }),
      ...(journey.click_id !== null && { click_id: clicked?.source ?? 'identity_link' }),
    },
    sub_ids: journey.sub_ids,
    custom: Object.assign({}, ...ranked.map((f) => f.custom).reverse()) as Record<string, unknown>,
    first_touch_at: journey.first?.at ?? null,
    first_touch_source: journey.first?.source ?? null,
    first_touch_medium: journey.first?.medium ?? null,
    first_touch_campaign: journey.first?.campaign ?? null,
    first_touch_click_id: journey.first?.click_id ?? null,
    last_touch_at: journey.last?.at ?? null,
    last_touch_source: journey.last?.source ?? null,
    last_touch_medium: journey.last?.medium ?? null,
    last_touch_campaign: journey.last?.campaign ?? null,
    last_touch_click_id: journey.last?.click_id ?? null,
    attributed: journey.attributed,
    first_received_at: least(facts.map((f) => f.first_received_at)),
    updated_at: greatest([
      ...[...facts, ...reversals, ...counted].map((f) => f.received_at),
      ...(journey.received_at === null ? [] : [journey.received_at]),
    ]),
  };
}

/** The weightiest first. */
function ranking(facts: readonly Fact[]): Fact[] {
  return sortedBy(facts, (f) => [
    TRUST_ORDER[f.trust],
    f.weak ? 1 : 0,
    f.source,
    f.conversion_id,
    -f.version,
    descending(f.event_id),
  ]);
}

/** Who is believed on the click: a pixel knows it first-hand. */
function clickedBy(ranked: readonly Fact[]): Fact | undefined {
  const pixelsFirst = [...ranked.filter(isOfPixel), ...ranked.filter((f) => !isOfPixel(f))];
  return pixelsFirst.find((f) => f.click_id !== null);
}

function isOfPixel({ trust }: Fact): boolean {
  return trust === 'pixel_server' || trust === 'pixel_browser';
}

function sumOf(refunds: readonly Refund[]): bigint {
  return refunds.reduce((sum, { amount }) => sum + unitsOf(amount, MAX_SCALE), 0n);
}

/** Never less than nothing. */
function lessRefunds(amount: string, refunds: readonly Refund[]): string {
  const rest = unitsOf(amount, MAX_SCALE) - sumOf(refunds);
  return amountOfUnits(rest < 0n ? 0n : rest, MAX_SCALE);
}

const PAIRING_WINDOW_MICROS = 24n * 60n * 60n * 1_000_000n;

/** A conversion, and whether it may be the same as one with a transaction id. */
interface Candidate {
  row: ConversionRow;
  /** The click that it names itself. */
  named: string | null;
  weak: boolean;
}

/**
 * Weak deposits are the same as strong ones of the same person and money not too far away in time, one to one, the
 * nearest first.
 * @returns conversion id of the weak one → that of the strong one
 */
function pairsAmong(conversions: readonly Candidate[]): Map<string, string> {
  const deposits = conversions.filter(({ row }) => row.type === 'deposit');
  const candidates = deposits
    .filter(({ weak }) => weak)
    .flatMap((w) =>
      deposits.filter((s) => !s.weak && isSamePerson(w, s)).map((s) => ({ w: w.row, s: s.row })),
    )
    .filter(({ w, s }) => w.amount !== null && isSameMoney(w, s))
    .filter(({ w, s }) => microsBetween(w, s) <= PAIRING_WINDOW_MICROS);
  const pairs = new Map<string, string>();
  const nearestFirst = sortedBy(candidates, ({ w, s }) => [
    microsBetween(w, s),
    s.conversion_id,
    w.conversion_id,
  ]);
  for (const { w, s } of nearestFirst) {
    const isTaken = pairs.has(w.conversion_id) || [...pairs.values()].includes(s.conversion_id);
    if (!isTaken) pairs.set(w.conversion_id, s.conversion_id);
  }
  return pairs;
}

/** The same player; of two of whom no player is known, the same click, which both name. */
function isSamePerson(a: Candidate, b: Candidate): boolean {
  if (a.row.player_id !== null || b.row.player_id !== null) return a.row.player_id === b.row.player_id;
  return a.named !== null && a.named === b.named;
}

function isSameMoney(a: ConversionRow, b: ConversionRow): boolean {
  return a.amount === b.amount && a.currency === b.currency;
}

function microsBetween(a: ConversionRow, b: ConversionRow): bigint {
  const apart = instantToMicros(a.occurred_at) - instantToMicros(b.occurred_at);
  return apart < 0n ? -apart : apart;
}

/** Ids of each player's first deposit that counts. */
function firstDeposits(rows: readonly ConversionRow[]): string[] {
  const deposits = rows.filter(
    (r) => r.type === 'deposit' && r.status === 'approved' && r.player_id !== null,
  );
  return groupsBy(deposits, (r) => r.player_id!).map(
    (own) => leastBy(own, (r) => [r.occurred_at, r.conversion_id]).conversion_id,
  );
}
