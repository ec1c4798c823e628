import fc from 'fast-check';
import {
  CONVERSION_TYPES,
  canonicalJson,
  hashParts,
  instantFromMs,
  instantToMs,
  type CanonicalEvent,
  type ConversionType,
  type Instant,
  type Trust,
} from '#libs/events';
import { instantOf, toldEvent, type Told } from './told-events.js';

/**
 * Generated worlds that five kinds of sources tell of: pixels of browser and server, partner APIs, postbacks,
 * Pub/Sub and GA4. Few players, users, clients, clicks and transactions, so that everything meets everything; the
 * same deposit told by all with other amounts, times and gaps; amendments with colliding versions, reversals and
 * refunds by several ways, and every event perhaps again, later, or with another receipt.
 */

const DAY_MINUTES = 24 * 60;
const MINUTE_MS = 60_000;

const clickId = fc.nat({ max: 3 }).map((n) => `00000000-0000-4000-8000-00000000000${n}`);
const clientId = fc.constantFrom('1337.1', 'clïent');
const userId = fc.constantFrom('u-1', 'ü-2');
/** The last two stand in another order by UTF-16 than by bytes. */
const playerId = fc.constantFrom('anna', 'Bo', '\u{1d4b9}ora', '\uff21nn');
const transactionId = fc.nat({ max: 3 }).map((n) => `t-${n}`);
const brand = fc.nat({ max: 9 }).map((n) => (n === 0 ? 'two' : 'one'));
const currency = fc.constantFrom('EUR', 'EUR', 'USD');
const amount = fc.constantFrom('40', '40', '40.5', '100', '0', '0.000000000000000001', '9007199254740993.5');
const status = maybe(fc.constantFrom('approved' as const, 'pending' as const, 'rejected' as const));

/** Mostly there. */
function mostly<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(value, { nil: undefined, freq: 5 });
}

/** As often as not. */
function maybe<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(value, { nil: undefined, freq: 2 });
}

/** Seldom there. */
function seldom<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
}

/** Some minutes that collide, and the microseconds about them. */
const soon = fc.nat({ max: 10 });
const micros = fc.constantFrom(0, 0, 0, 1, 999_999);

/**
 * Instants over some forty days: mostly of a few that collide, and such as lie a microsecond inside and outside of
 * the pairing window and of the look-back.
 */
const instant: fc.Arbitrary<Instant> = fc
  .tuple(
    fc.oneof(
      soon,
      soon.map((m) => DAY_MINUTES + m),
      fc.constantFrom(30 * DAY_MINUTES, 30 * DAY_MINUTES + 5, 31 * DAY_MINUTES),
      fc.nat({ max: 40 * 24 }).map((hours) => hours * 60),
    ),
    micros,
  )
  .map(([minutes, micros]) => instantOf(minutes, micros));

/** Most journeys begin before anything comes of them. */
const early: fc.Arbitrary<Instant> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(soon, micros).map(([minutes, micros]) => instantOf(minutes, micros)) },
  { weight: 1, arbitrary: instant },
);

/** The same, or a day later to the microsecond, or a microsecond more or less. */
function about(at: Instant): fc.Arbitrary<Instant> {
  const dayLater = instantFromMs(instantToMs(at) + DAY_MINUTES * MINUTE_MS);
  return fc
    .constantFrom('000', '001', '002')
    .map((micros) => `${dayLater.slice(0, 23)}${micros}Z`)
    .chain((later) => fc.constantFrom(at, later));
}

const delayMinutes = fc.oneof(fc.constantFrom(0, 0, 1, -2), fc.nat({ max: 3 * DAY_MINUTES }));

/** How one event arrives: once or more often, each so much later than it happened, by this receipt. */
const arrival = fc.record({ delay: delayMinutes, receipt: fc.nat({ max: 2 }) });
const arrivals = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(arrival) },
  { weight: 1, arbitrary: fc.array(arrival, { minLength: 2, maxLength: 3 }) },
);
const isTest = fc.nat({ max: 14 }).map((n) => n === 0);

/** A source's way of telling of money: by which name and trust, and what it knows. */
interface Way {
  source: string;
  trust?: Trust;
  stream: string;
  hasVersions?: true;
  /** Its calls may come without a time. */
  mayBeUndated?: true;
}

const PIXELS: readonly Way[] = ['pixel-browser', 'pixel-server'].map((source) => ({
  source,
  stream: 'convert',
  mayBeUndated: true,
}));
const CASINO: Way = { source: 'casino.postback', trust: 'postback', stream: 'postback', mayBeUndated: true };
const ORDERS: Way = { source: 'orders', trust: 'pubsub', stream: 'orders', hasVersions: true };
const GA4: Way = { source: 'ga4', trust: 'ga4', stream: 'events' };
const INTARGET: Way = { source: 'intarget', stream: 'transactions', hasVersions: true };
const WAYS: readonly Way[] = [...PIXELS, CASINO, ORDERS, GA4, INTARGET];

const version = fc.oneof(
  fc.constantFrom('1', '2', '2', '3'),
  instant, // some sources change from one to the other
);

const people = fc.record({
  click_id: maybe(clickId),
  client_id: seldom(clientId),
  user_id: seldom(userId),
  player_id: mostly(playerId),
});

/** What a way of telling knows of who it was. */
function peopleOf({ source }: Way): fc.Arbitrary<Partial<Record<string, string>>> {
  if (source.startsWith('pixel-')) return fc.record({ click_id: clickId, player_id: mostly(playerId) });
  if (source === 'ga4') {
    return fc.record({
      client_id: mostly(clientId),
      user_id: maybe(userId),
      click_id: seldom(clickId),
      player_id: seldom(playerId),
    });
  }
  if (source === 'intarget') return fc.record({ player_id: playerId });
  return people;
}

const custom = seldom(
  fc.dictionary(fc.constantFrom('tier', 'note', 'ñ'), fc.constantFrom(1, 'x', true, null), { maxKeys: 2 }),
);

/** Who, and about which money the sources agree more or less. */
const deal = fc.record({
  type: fc.constantFrom('deposit' as const, 'deposit' as const, 'deposit' as const, 'purchase' as const),
  player_id: playerId,
  click_id: clickId,
  transaction_id: transactionId,
  amount,
  currency,
  occurred_at: instant,
});
type Deal = typeof deal extends fc.Arbitrary<infer T> ? T : never;

/** One telling of a deal: mostly as it was, with some noise. */
function tellingOf(d: Deal): fc.Arbitrary<Told> {
  return fc.constantFrom(...WAYS).chain((way) =>
    fc
      .record({
        who: peopleOf(way),
        isAgreed: fc.nat({ max: 3 }).map((n) => n > 0),
        transaction_id: fc.option(fc.constant(d.transaction_id), { nil: undefined, freq: 3 }),
        noisyAmount: seldom(amount),
        hasMoney: fc.nat({ max: 6 }).map((n) => n > 0),
        at: maybe(fc.oneof(about(d.occurred_at), instant)),
        status,
        version: maybe(version),
        custom,
        isUndated: fc.nat({ max: 4 }).map((n) => n === 0),
      })
      .map((t) => {
        const { player_id, click_id } = t.who;
        const occurred_at = t.at ?? d.occurred_at;
        const money = t.hasMoney ? { amount: t.noisyAmount ?? d.amount, currency: d.currency } : {};
        const key = t.transaction_id
          ? `tx|${t.transaction_id}`
          : [click_id ?? t.who['client_id'] ?? player_id ?? '', occurred_at, money.amount ?? ''].join('|');
        return {
          kind: d.type,
          ...{ source: way.source, trust: way.trust, stream: way.stream, natural_key: key, occurred_at },
          ...t.who,
          ...(t.isAgreed && player_id !== undefined && { player_id: d.player_id }),
          ...(t.isAgreed && click_id !== undefined && { click_id: d.click_id }),
          transaction_id: t.transaction_id,
          ...money,
          status: t.status,
          custom: t.custom,
          ...(way.hasVersions && { version: t.version }),
          isUndated: way.mayBeUndated && t.isUndated,
        };
      }),
  );
}

/** A product API's record of the deal, and its amendments. */
function transactionOf(d: Deal): fc.Arbitrary<Told> {
  return fc
    .record({
      source: fc.constantFrom('intarget', 'intarget', 'intarget', 'zweite'),
      player_id: mostly(fc.constant(d.player_id)).chain((p) => (p === undefined ? playerId : fc.constant(p))),
      amount: mostly(fc.constant(d.amount)).chain((a) => (a === undefined ? amount : fc.constant(a))),
      type: fc.constantFrom(undefined, undefined, 'Normal', 'Prize'),
      dir: fc.constantFrom('IN', 'IN', 'IN', 'IN', 'OUT'),
      status: fc.constantFrom(undefined, 'New', 'Process', 'Success', 'Success', 'Fail'),
      updated_at: fc.oneof(fc.constant(d.occurred_at), instant),
      custom,
    })
    .map(({ source, custom, ...t }) => ({
      kind: 'transaction',
      ...{ source, stream: 'transactions', natural_key: d.transaction_id },
      ...{ occurred_at: d.occurred_at, version: t.updated_at, custom },
      record: { ...t, id: d.transaction_id, currency: d.currency, created_at: d.occurred_at },
    }));
}

/** A movement that is no deposit, under an id that a deposit may have as well. */
function movementOf(d: Deal): fc.Arbitrary<Told> {
  return fc
    .record({
      kind: fc.constantFrom('withdrawal' as const, 'bonus' as const),
      status,
      version: maybe(version),
    })
    .map((m) => ({
      ...m,
      ...{ source: 'orders', trust: 'pubsub', stream: 'movements', natural_key: d.transaction_id },
      ...{ player_id: d.player_id, transaction_id: d.transaction_id, amount: d.amount, currency: d.currency },
      occurred_at: d.occurred_at,
    }));
}

const RETURN_SOURCES: readonly Pick<Way, 'source' | 'trust'>[] = [
  { source: 'intarget' },
  { source: 'casino.postback', trust: 'postback' },
  { source: 'orders', trust: 'pubsub' },
  { source: 'pixel-server' },
];

/** What takes a deal's money back, all of it or some. */
function returnOf(
  d: Pick<Deal, 'transaction_id' | 'occurred_at'> & { type: ConversionType },
): fc.Arbitrary<Told> {
  return fc
    .record({
      kind: fc.constantFrom('reversal' as const, 'refund' as const, 'refund' as const, 'refund' as const),
      way: fc.constantFrom(...RETURN_SOURCES),
      refund_id: fc.constantFrom('r-1', 'r-2', 'r-3'),
      amount: fc.constantFrom('1', '20', '20.25', '40', '100.000000000000000001'),
      currency,
      occurred_at: fc.oneof(fc.constant(d.occurred_at), instant),
      version: seldom(version),
      player_id: seldom(playerId),
    })
    .map(({ kind, way, refund_id, amount, currency, ...r }) => ({
      kind,
      ...{ ...way, stream: 'returns', natural_key: `${d.transaction_id}|${kind}|${refund_id}` },
      ...r,
      conversion_type: d.type,
      transaction_id: d.transaction_id,
      ...(kind === 'refund' && { refund_id, amount, currency }),
    }));
}

/** That the source of a telling no longer tells of it, at some version; perhaps again. */
function retractionsOf(telling: Told): fc.Arbitrary<Told[]> {
  const { kind, source, trust, stream, natural_key, transaction_id, partner, player_id, click_id } = telling;
  const named = { natural_key, transaction_id, partner, player_id, click_id };
  const retraction = fc
    .record({ version, occurred_at: fc.oneof(fc.constant(telling.occurred_at), instant) })
    .map((r): Told => ({ kind: 'retraction', source, trust, stream, conversion_type: kind, ...named, ...r }));
  return fc.array(retraction, { minLength: 1, maxLength: 3 });
}

/** Tellings of conversions of which some are taken back. */
function someRetracted(tellings: fc.Arbitrary<Told[]>): fc.Arbitrary<Told[]> {
  return tellings.chain((told) => {
    const each = told.map((t) => (MAY_BE_RETRACTED.has(t.kind) ? seldom(retractionsOf(t)) : fc.constant([])));
    return fc.tuple(...each).map((retractions) => [...told, ...retractions.flatMap((r) => r ?? [])]);
  });
}

const MAY_BE_RETRACTED: ReadonlySet<string> = new Set(CONVERSION_TYPES);

/** One deal, told by whoever heard of it. */
const dealStory = someRetracted(
  deal.chain((d) =>
    fc.array(
      fc.oneof(
        { weight: 6, arbitrary: tellingOf(d) },
        { weight: 3, arbitrary: transactionOf(d) },
        { weight: 2, arbitrary: returnOf(d) },
        { weight: 1, arbitrary: movementOf(d) },
      ),
      { minLength: 1, maxLength: 8 },
    ),
  ),
);

/** A goal on an offerwall: by its API and by its postback, taken back by either. */
const payoutStory = fc
  .record({ transaction_id: transactionId, player_id: playerId, amount, occurred_at: instant })
  .chain((p) => {
    const partner = { partner: 'besitos', conversion_type: 'payout', transaction_id: p.transaction_id };
    const way = fc.constantFrom<Pick<Way, 'source' | 'trust'>>(
      { source: 'besitos' },
      { source: 'besitos.postback', trust: 'postback' },
    );
    const telling = fc
      .record({
        way,
        amount: mostly(fc.constant(p.amount)),
        status,
        click_id: seldom(clickId),
        client_id: seldom(clientId),
      })
      .map(({ way, amount, ...t }) => ({
        kind: 'payout' as const,
        ...{
          ...way,
          stream: 'conversions',
          natural_key: `${p.transaction_id}|payout`,
          occurred_at: p.occurred_at,
        },
        ...{ partner: 'besitos', transaction_id: p.transaction_id, player_id: p.player_id },
        ...(amount !== undefined && { amount, currency: 'USD' }),
        ...t,
      }));
    const back = fc
      .record({ way, what: returnOf({ ...p, type: 'payout' }) })
      .map(({ way, what }) => ({ ...what, trust: undefined, ...way, ...partner }));
    return fc.array(fc.oneof({ weight: 3, arbitrary: telling }, { weight: 2, arbitrary: back }), {
      minLength: 1,
      maxLength: 4,
    });
  });

/** Purchases of GA4 without a transaction: the hash of the event is their natural key. */
const looseSale = fc
  .record({ who: peopleOf(GA4), occurred_at: instant, amount, currency, n: fc.nat({ max: 2 }) })
  .map(({ who, n, ...sale }): Told[] => [
    {
      kind: 'purchase',
      ...{ source: 'ga4', trust: 'ga4', stream: 'events', ...who, ...sale },
      natural_key: hashParts([canonicalJson({ who, sale, n })]),
    },
  ]);

/** Somebody came to be; by click, by player, or by neither; and perhaps not after all. */
const arrivalStory = fc
  .record({
    kind: fc.constantFrom('registration' as const, 'registration' as const, 'install' as const),
    way: fc.constantFrom(...WAYS),
    occurred_at: instant,
    status,
    isReversed: fc.nat({ max: 6 }).map((n) => n === 0),
  })
  .chain(({ kind, way, occurred_at, status, isReversed }) =>
    peopleOf(way).map((who): Told[] => {
      const subject = who['click_id'] ?? who['player_id'];
      const told: Told = {
        ...{ kind, source: way.source, trust: way.trust, stream: way.stream, ...who, occurred_at, status },
        natural_key: `${subject ?? who['client_id'] ?? who['user_id'] ?? 'nobody'}|${kind}`,
      };
      const reversal: Told = {
        ...{ kind: 'reversal', source: 'intarget', stream: 'returns', conversion_type: kind, occurred_at },
        ...(who['click_id'] === undefined ? { player_id: who['player_id'] } : { click_id: who['click_id'] }),
        natural_key: `${subject}|${kind}|reversal`,
      };
      return isReversed && subject !== undefined ? [told, reversal] : [told];
    }),
  );

const utm = maybe(
  fc.record({
    source: fc.constantFrom('google', 'affiliate'),
    campaign: maybe(fc.constantFrom('autumn', 'winter')),
  }),
);

/** A click of ours, with the link that comes of it; perhaps with the touchpoint that was once told beside it. */
const clickStory = fc
  .record({
    click_id: clickId,
    player_id: seldom(playerId),
    client_id: seldom(clientId),
    utm,
    occurred_at: early,
    sub: fc.nat({ max: 3 }),
    isTouchTold: fc.boolean(),
  })
  .map(({ sub, isTouchTold, ...c }): Told[] => {
    const common = {
      ...c,
      source: 'pixel-browser',
      stream: 'click',
      sub_ids: { sub1: `s-${sub}` },
      natural_key: c.click_id,
    };
    const click: Told = { ...common, kind: 'click' };
    return isTouchTold ? [click, { ...common, kind: 'touchpoint', touch_id: c.click_id }] : [click];
  });

/** A touch by whatever of a person is known, perhaps amended. */
const touchStory = fc
  .record({
    version: maybe(version),
    touch_id: fc.constantFrom('touch-1', 'touch-2', 'touch-3', 'tøuch'),
    who: fc.record({
      click_id: seldom(clickId),
      client_id: maybe(clientId),
      user_id: seldom(userId),
      player_id: seldom(playerId),
    }),
    utm,
    occurred_at: early,
  })
  .map(({ who, touch_id, ...t }): Told[] => [
    {
      kind: 'touchpoint',
      ...{ source: 'ga4', trust: 'ga4', stream: 'events', natural_key: touch_id, touch_id, ...who, ...t },
    },
  ]);

/** Two or more names of one person. */
const linkStory = fc
  .record({
    source: fc.constantFrom('ga4', 'intarget'),
    who: fc.subarray(
      [
        ['click_id', clickId],
        ['client_id', clientId],
        ['user_id', userId],
        ['player_id', playerId],
      ] as const,
      { minLength: 2, maxLength: 3 },
    ),
    occurred_at: early,
  })
  .chain(({ source, who, occurred_at }) =>
    fc.record(Object.fromEntries<fc.Arbitrary<string>>(who)).map((names): Told[] => [
      {
        kind: 'identity_link',
        source,
        stream: 'identities',
        ...names,
        occurred_at,
        natural_key: canonicalJson(names),
      },
    ]),
  );

const story = fc.oneof(
  { weight: 4, arbitrary: dealStory },
  { weight: 1, arbitrary: someRetracted(payoutStory) },
  { weight: 1, arbitrary: someRetracted(looseSale) },
  { weight: 2, arbitrary: someRetracted(arrivalStory) },
  { weight: 3, arbitrary: clickStory },
  { weight: 3, arbitrary: touchStory },
  { weight: 3, arbitrary: linkStory },
);

/** A story as events of one brand. */
const toldStory = fc
  .tuple(brand, story)
  .chain(([brand, tellings]) =>
    fc
      .tuple(
        ...tellings.map((told) =>
          fc
            .record({ isTest, arrivals })
            .map(({ isTest, arrivals }) =>
              arrivals.map((arrival) => toldEvent(told, { ...arrival, brand, isTest })),
            ),
        ),
      )
      .map((events) => events.flat()),
  );

/** Worlds of so many stories. */
export const fiveSourceWorldOf = (minStories: number, maxStories: number): fc.Arbitrary<CanonicalEvent[]> =>
  fc
    .array(toldStory, { minLength: minStories, maxLength: maxStories, size: 'max' })
    .map((stories) => stories.flat());

/** Small ones, for many runs. */
export const fiveSourceWorld = fiveSourceWorldOf(1, 20);
