import { canonicalJson, type EventBase } from '#libs/events';
import { CLICK_ID_NAMES } from './click-ids.js';
import { itemsOf, scalarOf } from './flat-record.js';
import { groupOf } from './traffic-source.js';
import type { Visit } from './visit.js';

/** Parameters that are no custom fields: GA4's own of every page, and those that are fields of the event already. */
const KNOWN: ReadonlySet<string> = new Set([
  ...[
    'page_location',
    'page_referrer',
    'page_title',
    'page_path',
    'ignore_referrer',
    'debug_mode',
    'entrances',
  ],
  ...['session_engaged', 'engaged_session_event', 'engagement_time_msec', 'event_tag_timestamp'],
  ...['batch_ordering_id', 'batch_page_id'],
  ...['source', 'medium', 'campaign', 'term', 'content', 'campaign_id'],
  ...['transaction_id', 'value', 'currency'],
  ...CLICK_ID_NAMES,
]);

/**
 * What a conversion says beyond its fields: the event's own parameters by their keys, `items` as JSON, and of its visit
 * `channel_group`, `session_source`, `session_medium` and `session_campaign` as far as they are known.
 */
export function customFields({ read, traffic, session }: Visit): EventBase['custom'] {
  const custom: NonNullable<EventBase['custom']> = {};
  for (const [key, value] of read.paramValues) {
    const single = KNOWN.has(key) ? undefined : scalarOf(value);
    if (single !== undefined) custom[key] = single;
  }
  const items = itemsOf(read);
  if (items.length > 0) custom['items'] = canonicalJson(items);
  const from = session ?? traffic;
  if (from) custom['channel_group'] = groupOf(from);
  if (session?.source !== undefined) custom['session_source'] = session.source;
  if (session?.medium !== undefined) custom['session_medium'] = session.medium;
  if (session?.campaign !== undefined) custom['session_campaign'] = session.campaign;
  return custom;
}
