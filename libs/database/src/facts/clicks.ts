import type { ClientFields, Instant } from '#libs/events';
import { compareBytes } from './conversion-facts.js';
import { instantText } from '../instants.js';
import { defineInsert, type Cell, type Column } from '../set-statement.js';

/** Where a visit came from, as columns. */
export interface Utm {
  utm_source: string | null;
  utm_medium: string | null;
  utm_campaign: string | null;
  utm_term: string | null;
  utm_content: string | null;
}

/** What clicks and touchpoints share: told again, of one version the earliest `(occurred_at, event_id, receipt_id)`
 * stands. */
interface EarliestStands extends Utm {
  brand: string;
  source: string;
  occurred_at: Instant;
  player_id: string | null;
  sub_ids: Record<string, string>;
  ad_click_ids: Record<string, string>;
  event_id: string;
  receipt_id: string;
  first_received_at: Instant;
}

export interface ClickFact extends EarliestStands {
  click_id: string;
  link: string | null;
  referrer: string | null;
  client: ClientFields;
  first_receipt_id: string;
}

export interface TouchpointFact extends EarliestStands {
  touch_id: string;
  /** The greatest stands, whenever it says that the touch was; `NO_VERSION`: its source has none. */
  version: bigint;
  click_id: string | null;
  client_id: string | null;
  user_id: string | null;
}

/** Less than every version. */
export const NO_VERSION = -(2n ** 63n);

const SHARED = {
  brand: { type: 'text', of: (f) => f.brand },
  source: { type: 'text', of: (f) => f.source },
  occurred_at: { type: 'timestamptz', of: (f) => f.occurred_at },
  player_id: { type: 'text', of: (f) => f.player_id },
  utm_source: { type: 'text', of: (f) => f.utm_source },
  utm_medium: { type: 'text', of: (f) => f.utm_medium },
  utm_campaign: { type: 'text', of: (f) => f.utm_campaign },
  utm_term: { type: 'text', of: (f) => f.utm_term },
  utm_content: { type: 'text', of: (f) => f.utm_content },
  sub_ids: { type: 'jsonb', of: (f) => JSON.stringify(f.sub_ids) },
  ad_click_ids: { type: 'jsonb', of: (f) => JSON.stringify(f.ad_click_ids) },
  event_id: { type: 'text', of: (f) => f.event_id },
  receipt_id: { type: 'uuid', of: (f) => f.receipt_id },
  first_received_at: { type: 'timestamptz', of: (f) => f.first_received_at },
} satisfies Record<string, Column & { of: (f: EarliestStands) => Cell }>;

const EARLIER = `(excluded.occurred_at, excluded.event_id, excluded.receipt_id) < (t.occurred_at, t.event_id, t.receipt_id)`;
const LATER_VERSION = `(excluded.version > t.version OR (excluded.version = t.version AND ${EARLIER}))`;

/**
 * `ON CONFLICT` of a slot in which one telling stands, its listed joins beside it.
 * @param stands whether the new telling stands, of rows `excluded` and `t`
 * @param kept columns whose former word is kept in `previous_…`
 */
function oneStands(
  key: string,
  stands: string,
  columns: readonly string[],
  least: readonly string[],
  kept: readonly string[] = [],
): string {
  const sets = columns.map((c) =>
    least.includes(c)
      ? `${c} = LEAST(t.${c}, excluded.${c})`
      : `${c} = CASE WHEN ${stands} THEN excluded.${c} ELSE t.${c} END`,
  );
  sets.push(...kept.map((c) => `previous_${c} = CASE WHEN ${stands} THEN t.${c} ELSE t.previous_${c} END`));
  const changes = [stands, ...least.map((c) => `excluded.${c} < t.${c}`)].join(' OR ');
  return `ON CONFLICT (brand, ${key}) DO UPDATE SET ${sets.join(', ')} WHERE ${changes}`;
}

const CLICK_COLUMNS = {
  ...SHARED,
  link: { type: 'text', of: (f: ClickFact) => f.link },
  referrer: { type: 'text', of: (f: ClickFact) => f.referrer },
  client: { type: 'jsonb', of: (f: ClickFact) => JSON.stringify(f.client) },
  first_receipt_id: { type: 'uuid', of: (f: ClickFact) => f.first_receipt_id },
} satisfies Record<string, Column & { of: (f: ClickFact) => Cell }>;

/** Merges clicks into their slots. Distinct and sorted by `(brand, click_id)`. */
export const upsertClicks = defineInsert<ClickFact>(
  'clicks',
  { ...CLICK_COLUMNS, click_id: { type: 'text', of: (f) => f.click_id } },
  oneStands(
    'click_id',
    EARLIER,
    Object.keys(CLICK_COLUMNS).filter((c) => c !== 'brand'),
    ['first_receipt_id', 'first_received_at'],
  ),
);

const TOUCH_COLUMNS = [
  ...Object.keys(SHARED).filter((c) => c !== 'brand'),
  ...['version', 'click_id', 'client_id', 'user_id'],
];

/** Whose a touch is, and when it was. */
const HOLDER_COLUMNS = ['click_id', 'client_id', 'user_id', 'player_id', 'occurred_at'];

/** Merges touchpoints into their slots; answers those that are new or have changed. Distinct and sorted by
 * `(brand, touch_id)`. */
export const upsertTouchpoints = defineInsert<TouchpointFact>(
  'touchpoints',
  {
    ...SHARED,
    touch_id: { type: 'text', of: (f) => f.touch_id },
    version: { type: 'bigint', of: (f) => f.version },
    click_id: { type: 'text', of: (f) => f.click_id },
    client_id: { type: 'text', of: (f) => f.client_id },
    user_id: { type: 'text', of: (f) => f.user_id },
  },
  `${oneStands('touch_id', LATER_VERSION, TOUCH_COLUMNS, ['first_received_at'], HOLDER_COLUMNS)}
   RETURNING brand, touch_id, click_id, client_id, user_id, player_id, ${instantText('t.occurred_at')}, xmax = 0 AS inserted,
     previous_click_id, previous_client_id, previous_user_id, previous_player_id, ${instantText('t.previous_occurred_at')}`,
);

/** The join of two clicks of one slot, in memory. */
export function mergeClicks(a: ClickFact, b: ClickFact): ClickFact {
  return {
    ...earlier(a, b),
    first_receipt_id: a.first_receipt_id < b.first_receipt_id ? a.first_receipt_id : b.first_receipt_id,
    first_received_at: a.first_received_at < b.first_received_at ? a.first_received_at : b.first_received_at,
  };
}

/** The join of two touchpoints of one slot, in memory. */
export function mergeTouchpoints(a: TouchpointFact, b: TouchpointFact): TouchpointFact {
  return {
    ...(a.version === b.version ? earlier(a, b) : a.version > b.version ? a : b),
    first_received_at: a.first_received_at < b.first_received_at ? a.first_received_at : b.first_received_at,
  };
}

function earlier<F extends EarliestStands>(a: F, b: F): F {
  const order =
    compareBytes(a.occurred_at, b.occurred_at) ||
    compareBytes(a.event_id, b.event_id) ||
    compareBytes(a.receipt_id, b.receipt_id);
  return order <= 0 ? a : b;
}
