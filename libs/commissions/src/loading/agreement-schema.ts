import {
  choice,
  constant,
  list,
  map,
  object,
  oneOf,
  optional,
  reference,
  text,
  whole,
  flag,
  type Optional,
  type Schema,
} from '#libs/yaml-file';
import type { Coverage, Excluded, ExclusionReason, FxPolicy, Qualification } from '../agreement.js';
import type {
  WrittenAgreement,
  WrittenCpa,
  WrittenPlan,
  WrittenScale,
  WrittenShare,
} from './deal-as-written.js';

const NAME = { pattern: '^[a-z0-9][a-z0-9_-]{0,63}$' };

export function money(description: string): Schema {
  return { description, type: ['string', 'number'], format: 'money' };
}

export function rate(description: string): Schema {
  return text(description, 'percentage');
}

export function currency(description: string): Schema {
  return { ...text(description), pattern: '^[A-Z][A-Z0-9]{2,9}$' };
}

export function name(description: string): Schema {
  return { ...text(description), ...NAME };
}

/** The ends of a range of days. */
export const RANGE: { from: Schema; to: Optional } = {
  from: text('The first day, in the zone of the file.', 'day'),
  to: optional(text('The day behind the last. Absent: open.', 'day')),
};

export const BRAND: Schema = {
  ...text("The brand, as it stands in events: `PIXEL_BRANDS_FILE` and the sources' `brand`."),
  maxLength: 128,
};

const label = (description: string): Schema => text(description, 'wildcard');

const COVERAGE_SCHEMA: Schema = {
  ...object<Coverage>(
    "What must hold of a player's acquisition, all of it. Compared exactly, but that a `*` at the end stands for any ending.",
    {
      link: optional(label('Tracking link of the click.')),
      sub_id: optional({
        ...map("The click's sub ids by name: `{sub1: acme}`.", label('Its value.')),
        propertyNames: { pattern: '^sub([1-9]|10)$' },
        minProperties: 1,
      }),
      source: optional(label("`utm_source` of the click, else `traffic_source` of the player's record.")),
      campaign: optional(label('`utm_campaign` of the click.')),
      ref_code: optional(label("Referral code of the player's record.")),
    },
  ),
  minProperties: 1,
};

const REASONS: readonly ExclusionReason[] = ['self_excluded', 'blocked', 'duplicate'];
const reasons = (description: string): Optional =>
  optional(list(description, choice('Why a player counts for nothing.', REASONS), 0));

const EXCLUDED_SCHEMA = object<Partial<Excluded>>(
  'Which players count for nothing. `duplicate`: another player of the brand with the same e-mail address or phone registered earlier.',
  {
    cpa: reasons('For CPA. Absent: self_excluded, blocked, duplicate.'),
    revenue_share: reasons('For revenue share. Absent: self_excluded, blocked, duplicate.'),
  },
);

const QUALIFICATION_SCHEMA = object<Qualification>('What must all be reached within a time.', {
  within_days: whole('Days of 24 hours.', 1),
  of: choice('From when they are counted.', ['click', 'registration', 'ftd']),
  deposit_amount: optional(money("Deposits, in the agreement's currency.")),
  deposit_count: optional(whole('How many deposits.', 1)),
  wager_amount: optional(money("Real-money stakes of games and bets, in the agreement's currency.")),
  wager_count: optional(whole('How many bets.', 1)),
});

const CPA_SCHEMA = object<WrittenCpa>('A fixed amount for each player, once.', {
  on: choice('When it is paid.', ['install', 'registration', 'ftd', 'qualification']),
  amount: money("In the agreement's currency."),
  qualification: optional(reference('qualification', 'Needed with `on: qualification`, and only there.')),
  cap: optional({
    ...object<NonNullable<WrittenCpa['cap']>>(
      'The most that a month pays; the earliest players come first.',
      {
        count: optional(whole('So many players.', 1)),
        amount: optional(money("So much, in the agreement's currency.")),
      },
    ),
    minProperties: 1,
  }),
});

const SCALE_SCHEMA = object<WrittenScale>('Rates by what was reached in the month.', {
  kind: choice(
    '`tiered`: the reached rate on the whole; `ladder`: each rate on the part that lies in its step.',
    ['tiered', 'ladder'],
  ),
  by: optional(
    choice(
      'What is compared with `from`: the base, or how many players made their first deposit in the month (`tiered` only). Absent: `base`.',
      ['base', 'first_deposits'],
    ),
  ),
  per: optional(
    choice("Each player's alone, or that of all the partner's players together. Absent: `partner`.", [
      'partner',
      'player',
    ]),
  ),
  steps: list(
    'In order; the first is from 0, and also of what lies below.',
    object<WrittenScale['steps'][number]>('A step.', {
      from: money('Where it begins.'),
      rate: rate('What it pays.'),
    }),
  ),
});

const SHARE_SCHEMA = object<WrittenShare>('A share of the base (NGR less admin fee): `rate` or `scale`.', {
  rate: optional(rate('One rate, as `25%`.')),
  scale: optional(reference('scale')),
  carry_over: flag('Whether a month that ends below zero is taken from later ones.'),
  ring_fenced: optional(flag("Whether a player's negative month counts as 0. Absent: false.")),
  high_roller: optional(
    object<NonNullable<WrittenShare['high_roller']>>(
      "A player whose month's base is at most minus `loss` is set apart: it counts as 0 for the partner, and is worked off against this player's later months alone.",
      { loss: money("In the agreement's currency.") },
    ),
  ),
  cap: optional(money('The most that the share pays a month.')),
});

const NGR = name('Name of a definition of NGR of the brand.');

const CPA = reference('cpa');
const SHARE = reference('revenue_share');

const PLAN_SCHEMA = oneOf('What is paid within a range of days.', 'type', [
  object<Extract<WrittenPlan, { type: 'cpa' }>>('CPA alone.', {
    type: constant('cpa', 'A fixed amount for each player who was acquired.'),
    ...RANGE,
    cpa: CPA,
  }),
  object<Extract<WrittenPlan, { type: 'revenue_share' }>>('Revenue share alone.', {
    type: constant('revenue_share', 'A share of what players bring.'),
    ...RANGE,
    ngr: NGR,
    revenue_share: SHARE,
  }),
  object<Extract<WrittenPlan, { type: 'hybrid' }>>('Both.', {
    type: constant('hybrid', 'A CPA and a share, beside each other.'),
    ...RANGE,
    ngr: NGR,
    cpa: CPA,
    revenue_share: SHARE,
  }),
  object<Extract<WrittenPlan, { type: 'clawback' }>>('A share with the CPA as an advance.', {
    type: constant(
      'clawback',
      "A player's share is paid as far as it goes beyond what their CPA has paid; it has a rate, or a scale per player.",
    ),
    ...RANGE,
    ngr: NGR,
    cpa: CPA,
    revenue_share: SHARE,
  }),
]);

/** JSON Schema of an agreement's file. */
export const AGREEMENT_SCHEMA = object<WrittenAgreement>(
  'A deal with a partner: whose traffic it covers, what it pays.',
  {
    agreement: name('Its name, unique among agreements.'),
    partner: { ...text('Who is paid. One partner may have several agreements.'), maxLength: 128 },
    brand: BRAND,
    currency: currency('Of its amounts and statements: `EUR`.'),
    time_zone: text('IANA name of the zone whose midnights begin months and days.', 'time-zone'),
    fx: optional(
      object<FxPolicy>("How amounts in other currencies are turned into the agreement's.", {
        date: choice(
          'Whose rate: of the day that the fact happened on, or of the last day of its month; the last one published on or before it, at most seven days earlier. Until there is one of the last day the latest one stands in for it. Absent: `day`.',
          ['day', 'month_end'],
        ),
      }),
    ),
    covers: list('A player is covered whose acquisition fits one of these.', reference('coverage')),
    excluded: optional(reference('excluded')),
    plans: list('In the order of their days, which do not overlap.', reference('plan')),
  },
);

/** What it refers to. */
export const AGREEMENT_PARTS = {
  coverage: COVERAGE_SCHEMA,
  excluded: EXCLUDED_SCHEMA,
  plan: PLAN_SCHEMA,
  cpa: CPA_SCHEMA,
  qualification: QUALIFICATION_SCHEMA,
  revenue_share: SHARE_SCHEMA,
  scale: SCALE_SCHEMA,
};
