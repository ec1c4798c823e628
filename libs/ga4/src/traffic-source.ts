import type { JsonObject } from '#libs/sources';
import { channelGroup } from './channel-group.js';
import { CLICK_ID_NAMES, type ClickIdName, type ClickIds } from './click-ids.js';
import type { ReadRow } from './read-row.js';
import { trafficOfReferrer } from './referrer.js';
import { decodedForm, type UrlParams } from './url-params.js';
import { structOf, textOf } from './values.js';

/** Where some traffic came from. */
export interface TrafficSource {
  source?: string;
  medium?: string;
  campaign?: string;
  term?: string;
  content?: string;
  /** GA4's own word for the channel, where the row has it. */
  group?: string;
}

/** Whether the traffic has no source of its own: a saved link, a typed address. */
export function isDirect({ source }: TrafficSource): boolean {
  return source === undefined || source === '(direct)';
}

/** The channel group of some traffic: GA4's own word, else by its rules. */
export function groupOf(traffic: TrafficSource): string {
  return traffic.group ?? channelGroup(traffic);
}

/**
 * The traffic source of an event; undefined where the event tells of none. The first of these that says a source, medium
 * or campaign: what the tag collected (`collected_traffic_source.manual_*`), the parameters `source`, `medium` and
 * `campaign`, `utm_*` in the URL of the page. Where that leaves the campaign empty, `(organic)` or `(referral)`, a click
 * id decides, but never over UTM parameters that somebody set. Last the referrer, unless `ignore_referrer`.
 */
export function trafficOfEvent(read: ReadRow, ids: ClickIds, page: UrlParams): TrafficSource | undefined {
  const collected = read.collected && trafficOfMembers(read.collected, 'manual_', 'manual_campaign_name');
  const params = trafficOfParams(read);
  const tagged = page.size === 0 ? undefined : trafficOfUrl(page);
  const told = collected ?? params ?? tagged;
  if (told === undefined || isAutomatic(told.campaign)) {
    const isSet = tagged !== undefined || (collected !== undefined && collected.campaign === undefined);
    const clicked = isSet ? undefined : trafficOfClickId(ids);
    if (clicked) {
      const campaign = [collected, params].find((t) => t?.campaign !== undefined && !isAutomatic(t.campaign));
      return campaign?.campaign === undefined ? clicked : { ...clicked, campaign: campaign.campaign };
    }
  }
  if (told) return told;
  return isTrue(read.paramText('ignore_referrer'))
    ? undefined
    : trafficOfReferrer(read.paramText('page_referrer'), read.paramText('page_location'));
}

/** The source of the row's session by GA4's own attribution, in tables from July 2024 on; undefined where there is none. */
export function trafficOfSession(read: ReadRow): TrafficSource | undefined {
  const last = structOf(read.row['session_traffic_source_last_click']);
  if (last === undefined) return undefined;
  const cross = structOf(last['cross_channel_campaign']);
  const preferred = cross && trafficOfMembers(cross, '', 'campaign_name');
  if (preferred) {
    const group = textOf(cross['default_channel_group']);
    return group === undefined ? preferred : { ...preferred, group };
  }
  const ads = structOf(last['google_ads_campaign']);
  const campaign = ads && textOf(ads['campaign_name']);
  if (campaign !== undefined) return { source: 'google', medium: 'cpc', campaign };
  const manual = structOf(last['manual_campaign']);
  return manual && trafficOfMembers(manual, '', 'campaign_name');
}

/** The source of the client's first visit, which is never its session's; undefined where there is none. */
export function trafficOfFirstTouch(read: ReadRow): TrafficSource | undefined {
  const first = structOf(read.row['traffic_source']);
  return first && trafficOfMembers(first, '', 'name');
}

function trafficOfMembers(members: JsonObject, prefix: string, campaign: string): TrafficSource | undefined {
  return told(
    textOf(members[`${prefix}source`]),
    textOf(members[`${prefix}medium`]),
    textOf(members[campaign]),
    textOf(members[`${prefix}term`]),
    textOf(members[`${prefix}content`]),
  );
}

/** GA4 sets at least two of the three; one alone is a parameter of the event's own, as the `source` of a `share`. */
function trafficOfParams(read: ReadRow): TrafficSource | undefined {
  const [source, medium, campaign] = [
    read.paramText('source'),
    read.paramText('medium'),
    read.paramText('campaign'),
  ];
  if (Number(source !== undefined) + Number(medium !== undefined) + Number(campaign !== undefined) < 2) {
    return undefined;
  }
  return told(source, medium, campaign, read.paramText('term'), read.paramText('content'));
}

function trafficOfUrl(page: UrlParams): TrafficSource | undefined {
  const read = (name: string): string | undefined => {
    const value = page.get(name);
    return value === undefined ? undefined : textOf(decodedForm(value));
  };
  return told(
    read('utm_source'),
    read('utm_medium'),
    read('utm_campaign'),
    read('utm_term'),
    read('utm_content'),
  );
}

const NOT_PROVIDED = '(not provided)';

/** A source where one of the three that make one is said. */
function told(
  source: string | undefined,
  medium: string | undefined,
  campaign: string | undefined,
  term: string | undefined,
  content: string | undefined,
): TrafficSource | undefined {
  if (source === undefined && medium === undefined && campaign === undefined) return undefined;
  const traffic: TrafficSource = {};
  if (source !== undefined) traffic.source = source;
  if (medium !== undefined) traffic.medium = medium;
  if (campaign !== undefined) traffic.campaign = campaign;
  if (term !== undefined && term !== NOT_PROVIDED) traffic.term = term;
  if (content !== undefined) traffic.content = content;
  return traffic;
}

/** Whether a campaign is none that anybody named. */
function isAutomatic(campaign: string | undefined): boolean {
  return (
    campaign === undefined || campaign === '(organic)' || campaign === '(referral)' || campaign === '(direct)'
  );
}

function isTrue(text: string | undefined): boolean {
  return text === 'true' || text === '1';
}

const GOOGLE_ADS: TrafficSource = { source: 'google', medium: 'cpc' };
const IMPACT: TrafficSource = { source: 'impact', medium: 'affiliate' };

/**
 * Whose click each id is. Ids that only an ad has are paid traffic; `fbclid`, `igshid` and `epik` are on shared links too,
 * so that they say the network and no more. Without an entry an id does not say where the click was.
 */
const SOURCES: Partial<Record<ClickIdName, TrafficSource>> = {
  gclid: GOOGLE_ADS,
  gbraid: GOOGLE_ADS,
  wbraid: GOOGLE_ADS,
  gad_source: GOOGLE_ADS,
  dclid: { source: 'dfa', medium: 'cpm' },
  srsltid: { source: 'google', medium: 'organic', campaign: 'Shopping Free Listings' },
  fbclid: { source: 'facebook', medium: 'social' },
  msclkid: { source: 'bing', medium: 'cpc' },
  twclid: { source: 'twitter', medium: 'cpc' },
  li_fat_id: { source: 'linkedin', medium: 'cpc' },
  igshid: { source: 'instagram', medium: 'social' },
  ttclid: { source: 'tiktok', medium: 'cpc' },
  rdt_cid: { source: 'reddit', medium: 'cpc' },
  epik: { source: 'pinterest', medium: 'social' },
  qclid: { source: 'quora', medium: 'cpc' },
  sccid: { source: 'snapchat', medium: 'cpc' },
  irclickid: IMPACT,
  irclid: IMPACT,
  yclid: { source: 'yandex', medium: 'cpc' },
  _kx: { source: 'klaviyo', medium: 'email' },
};

/** In the order of the list: of several ids the first decides. */
function trafficOfClickId({ landing }: ClickIds): TrafficSource | undefined {
  if (landing === undefined) return undefined;
  const name = CLICK_ID_NAMES.find((n) => landing[n] !== undefined && SOURCES[n] !== undefined);
  return name && SOURCES[name];
}
