import { searchEngineOf } from './source-sites.js';

/** What a referrer says of the traffic's source. */
export interface ReferredTraffic {
  source: string;
  medium: 'organic' | 'referral';
  campaign: '(organic)' | '(referral)';
}

const HOST = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:]+)/i;
const GOOGLE_APP = 'com.google.android.googlequicksearchbox';

/**
 * The traffic that a referrer tells of, as GA4 does: a search engine under its name is `organic`, any other site under
 * its host a `referral`. Undefined where there is no referrer, or where it is the site itself.
 * @param page URL of the page
 */
export function trafficOfReferrer(
  referrer: string | undefined,
  page: string | undefined,
): ReferredTraffic | undefined {
  const host = hostOf(referrer);
  if (host === undefined) return undefined;
  const own = hostOf(page);
  if (own !== undefined && siteOf(own) === siteOf(host)) return undefined;
  const engine = host === GOOGLE_APP ? 'google' : searchEngineOf(host);
  if (engine !== undefined) return { source: engine, medium: 'organic', campaign: '(organic)' };
  return { source: host, medium: 'referral', campaign: '(referral)' };
}

function hostOf(url: string | undefined): string | undefined {
  const host = url === undefined ? undefined : HOST.exec(url)?.[1];
  return host?.toLowerCase().replace(/^www\./, '');
}

/** Second levels under which names are sold: `example.co.uk` is a site, `co.uk` is none. */
const SOLD_BELOW = /^(?:com?|org|net|edu|gov|ac|or|ne)$/;
const IP = /^[\d.]+$|:/;

/** The site of a host: without subdomains. */
function siteOf(host: string): string {
  if (IP.test(host)) return host;
  const labels = host.split('.');
  const depth = labels.length > 2 && labels.at(-1)!.length === 2 && SOLD_BELOW.test(labels.at(-2)!) ? 3 : 2;
  return labels.slice(-depth).join('.');
}
