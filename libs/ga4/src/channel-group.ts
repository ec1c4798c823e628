import { siteKindOf, type SiteKind } from './source-sites.js';

/** Source, medium and campaign of some traffic, as far as they are known. */
export interface TrafficNames {
  source?: string | undefined;
  medium?: string | undefined;
  campaign?: string | undefined;
}

interface Traffic {
  source: string;
  medium: string;
  campaign: string;
  site: SiteKind | undefined;
}

const PAID = /^(?:.*cp.*|ppc|retargeting|paid.*)$/;
const SHOP = /^.*(?:(?:[^a-df-z]|^)shop|shopping).*$/;
const DISPLAY = ['display', 'banner', 'expandable', 'interstitial', 'cpm'];
const SOCIAL = ['social', 'social-network', 'social-media', 'sm', 'social network', 'social media'];
const EMAIL = ['email', 'e-mail', 'e_mail', 'e mail'];
const NO_MEDIUM = ['', '(none)', '(not set)'];
const PUSH = /push$|mobile|notification/;

const isPaid = ({ medium }: Traffic): boolean => PAID.test(medium);
const isShop = ({ site, campaign }: Traffic): boolean => site === 'shopping' || SHOP.test(campaign);

/** The channels in the order in which they are asked; the first that fits is it. */
const CHANNELS: readonly (readonly [name: string, fits: (t: Traffic) => boolean])[] = [
  ['Direct', ({ source, medium }) => ['', '(direct)'].includes(source) && NO_MEDIUM.includes(medium)],
  ['Cross-network', ({ campaign }) => campaign.includes('cross-network')],
  ['Paid Shopping', (t) => isShop(t) && isPaid(t)],
  ['Paid Search', (t) => t.site === 'search' && isPaid(t)],
  ['Paid Social', (t) => t.site === 'social' && isPaid(t)],
  ['Paid Video', (t) => t.site === 'video' && isPaid(t)],
  ['Display', ({ medium }) => DISPLAY.includes(medium)],
  ['Paid Other', isPaid],
  ['Organic Shopping', isShop],
  ['Organic Social', ({ site, medium }) => site === 'social' || SOCIAL.includes(medium)],
  ['Organic Video', ({ site, medium }) => site === 'video' || medium.includes('video')],
  ['Organic Search', ({ site, medium }) => site === 'search' || medium === 'organic'],
  ['Referral', ({ medium }) => ['referral', 'app', 'link'].includes(medium)],
  ['Email', ({ source, medium }) => EMAIL.includes(source) || EMAIL.includes(medium)],
  ['Affiliates', ({ medium }) => medium === 'affiliate'],
  ['Audio', ({ medium }) => medium === 'audio'],
  ['SMS', ({ source, medium }) => source === 'sms' || medium === 'sms'],
  ['Mobile Push Notifications', ({ source, medium }) => source === 'firebase' || PUSH.test(medium)],
];

/**
 * The default channel group of some traffic, by Google's rules for manual traffic
 * (https://support.google.com/analytics/answer/9756891): without case, the first rule that fits, else `Unassigned`.
 * Traffic that says nothing of itself is Direct.
 */
export function channelGroup({ source = '', medium = '', campaign = '' }: TrafficNames): string {
  const traffic: Traffic = {
    source: source.toLowerCase(),
    medium: medium.toLowerCase(),
    campaign: campaign.toLowerCase(),
    site: siteKindOf(source),
  };
  return CHANNELS.find(([, fits]) => fits(traffic))?.[0] ?? 'Unassigned';
}
