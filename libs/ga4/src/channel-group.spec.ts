import { channelGroup } from './channel-group.js';

it.each([
  ['(direct)', '(none)', '(direct)', 'Direct'],
  ['(direct)', '(not set)', '', 'Direct'],
  ['', '', '', 'Direct'],
  ['google', 'cpc', 'Cross-Network', 'Cross-network'],
  ['amazon.com', 'ppc', '', 'Paid Shopping'],
  ['news', 'cpc', 'spring_shopping', 'Paid Shopping'],
  ['google', 'cpc', 'brand', 'Paid Search'],
  ['Bing', 'CPC', '', 'Paid Search'],
  ['google', 'cpm', '', 'Paid Search'],
  ['facebook', 'paid_social', '', 'Paid Social'],
  ['m.facebook.com', 'cpc', '', 'Paid Social'],
  ['youtube.com', 'cpv-cpc', '', 'Paid Video'],
  ['adnetwork', 'banner', '', 'Display'],
  ['dfa', 'cpm', '', 'Display'],
  ['adnetwork', 'cpc', '', 'Paid Other'],
  ['adnetwork', 'retargeting', '', 'Paid Other'],
  ['ebay.co.uk', 'referral', '', 'Organic Shopping'],
  ['google', 'organic', 'Shopping Free Listings', 'Organic Shopping'],
  ['t.co', 'referral', '(referral)', 'Organic Social'],
  ['partner', 'social-network', '', 'Organic Social'],
  ['vimeo.com', 'referral', '', 'Organic Video'],
  ['partner', 'web-video', '', 'Organic Video'],
  ['google', 'organic', '(organic)', 'Organic Search'],
  ['duckduckgo.com', 'referral', '', 'Organic Search'],
  ['someengine', 'organic', '', 'Organic Search'],
  ['www.google.co.uk', 'referral', '', 'Organic Search'],
  ['de.search.yahoo.com', 'referral', '', 'Organic Search'],
  ['mail.google.com', 'referral', '', 'Organic Search'],
  ['docs.google.com', 'referral', '', 'Referral'],
  ['partner.test', 'referral', '', 'Referral'],
  ['partner.test', 'link', '', 'Referral'],
  ['klaviyo', 'email', '', 'Email'],
  ['e-mail', 'x', '', 'Email'],
  ['impact', 'affiliate', '', 'Affiliates'],
  ['podcast', 'audio', '', 'Audio'],
  ['sms', 'x', '', 'SMS'],
  ['x', 'sms', '', 'SMS'],
  ['app', 'webpush', '', 'Mobile Push Notifications'],
  ['firebase', 'x', '', 'Mobile Push Notifications'],
  ['x', 'mobile_notification', '', 'Mobile Push Notifications'],
  ['newsletter', 'mailing', '', 'Unassigned'],
  ['(not set)', '', '', 'Unassigned'],
])('%s / %s / %s is %s', (source, medium, campaign, group) => {
  expect(channelGroup({ source, medium, campaign })).toBe(group);
});

it('matches sites whole: a name that only ends like one is another site', () => {
  expect(channelGroup({ source: 'notgoogle', medium: 'cpc' })).toBe('Paid Other');
  expect(channelGroup({ source: 'xt.co', medium: 'referral' })).toBe('Referral');
  expect(channelGroup({ source: 'workshopper.test', medium: 'referral', campaign: 'x' })).toBe('Referral');
});
