import { ga4Row, CLICK, type RowOptions } from '#test/ga4-rows';
import { readRow, type ReadRow } from './read-row.js';
import { isDirect, trafficOfFirstTouch, type TrafficSource } from './traffic-source.js';
import { Visit } from './visit.js';

const visit = (options: RowOptions): Visit => new Visit(readRow(ga4Row('page_view', options)) as ReadRow);
const of = (options: RowOptions): TrafficSource | undefined => visit(options).traffic;

const collected = {
  collected_traffic_source: {
    manual_source: 'news',
    manual_medium: 'email',
    manual_campaign_name: 'may',
    manual_term: '(not provided)',
    manual_content: 'top',
  },
};
const automatic = (campaign: string | null) => ({
  collected_traffic_source: {
    manual_source: 'bing',
    manual_medium: 'organic',
    manual_campaign_name: campaign,
  },
});
const inParams = { source: 'params', medium: 'cpc', campaign: 'p' };
const PAGE =
  'https://a.test/?utm_source=url&utm_medium=cpc&utm_campaign=u+1&utm_term=t%2B&utm_content=(not%20set)';

describe('the source of an event', () => {
  it('is what the tag collected, before its parameters, before utm_* of the page, before the referrer', () => {
    const page = { page_location: PAGE, page_referrer: 'https://www.bing.com/' };
    expect(of({ params: { ...inParams, ...page }, columns: collected })).toEqual({
      source: 'news',
      medium: 'email',
      campaign: 'may',
      content: 'top',
    });
    expect(of({ params: { ...inParams, ...page } })).toEqual({
      source: 'params',
      medium: 'cpc',
      campaign: 'p',
    });
    expect(of({ params: page })).toEqual({ source: 'url', medium: 'cpc', campaign: 'u 1', term: 't+' });
    expect(of({ params: { page_referrer: page.page_referrer } })).toEqual({
      source: 'bing',
      medium: 'organic',
      campaign: '(organic)',
    });
    expect(of({})).toBeUndefined();
  });

  it("is no parameter of the event's own that happens to be named source", () => {
    expect(of({ params: { source: 'share button' } })).toBeUndefined();
  });

  it.each(['(not set)', '<Other>', '', '(data deleted)'])('is not %j', (word) => {
    expect(
      of({
        params: { source: word, medium: word, campaign: word },
        columns: { collected_traffic_source: { manual_source: word } },
      }),
    ).toBeUndefined();
  });
});

describe('a click id', () => {
  const gclid = { gclid: 'g' };

  it.each([null, '(organic)', '(referral)'])(
    'decides where the campaign of the parameters is %j',
    (campaign) => {
      const params = {
        source: 'google',
        medium: 'organic',
        ...(campaign === null ? {} : { campaign }),
        ...gclid,
      };
      expect(of({ params })).toEqual({ source: 'google', medium: 'cpc' });
    },
  );

  it.each(['(organic)', '(referral)'])('decides where the tag collected %s', (campaign) => {
    expect(of({ params: gclid, columns: automatic(campaign) })).toEqual({ source: 'google', medium: 'cpc' });
  });

  it('keeps a campaign that the parameters name', () => {
    const params = { source: 'google', medium: 'organic', campaign: 'brand', ...gclid };
    expect(of({ params, columns: automatic('(organic)') })).toEqual({
      source: 'google',
      medium: 'cpc',
      campaign: 'brand',
    });
  });

  it('decides where nothing else is told, also over a referrer', () => {
    expect(of({ params: { ...gclid, page_referrer: 'https://www.google.com/' } })).toEqual({
      source: 'google',
      medium: 'cpc',
    });
  });

  it('never decides over UTM parameters that somebody set', () => {
    const utm = { source: 'url', medium: 'email' };
    const page_location = 'https://a.test/?utm_source=url&utm_medium=email&gclid=g';
    expect(of({ params: { page_location } })).toEqual(utm);
    expect(of({ params: { ...utm, page_location } })).toEqual(utm);
    expect(of({ params: gclid, columns: collected })).toMatchObject({ source: 'news' });
    expect(of({ params: gclid, columns: automatic(null) })).toEqual({ source: 'bing', medium: 'organic' });
    expect(of({ params: { ...inParams, ...gclid } })).toMatchObject({ source: 'params' });
  });

  it.each([
    ['wbraid=1', 'google', 'cpc'],
    ['dclid=1', 'dfa', 'cpm'],
    ['srsltid=1', 'google', 'organic'],
    ['fbclid=1', 'facebook', 'social'],
    ['msclkid=1', 'bing', 'cpc'],
    ['ScCid=1', 'snapchat', 'cpc'],
    ['irclickid=1', 'impact', 'affiliate'],
    ['fbclid=1&gclid=2', 'google', 'cpc'],
  ])('%s is %s / %s', (query, source, medium) => {
    expect(of({ params: { page_location: `https://a.test/?${query}` } })).toMatchObject({ source, medium });
  });

  it('of the referrer, or of ours, decides nothing', () => {
    expect(
      of({ params: { page_location: 'https://a.test/', page_referrer: 'https://a.test/?gclid=1' } }),
    ).toBe(undefined);
    expect(of({ params: { page_location: `https://a.test/?click_id=${CLICK}` } })).toBeUndefined();
  });
});

describe('a referrer', () => {
  const from = (page_referrer: string, more = {}) =>
    of({ params: { page_location: 'https://www.shop.test/de', page_referrer, ...more } });

  it.each([
    ['https://www.google.com/', 'google'],
    ['https://google.co.uk/search', 'google'],
    ['https://de.search.yahoo.com/x', 'yahoo'],
    ['https://m.baidu.com/', 'baidu'],
    ['https://cn.bing.com/', 'bing'],
    ['https://duckduckgo.com', 'duckduckgo'],
    ['android-app://com.google.android.googlequicksearchbox/', 'google'],
  ])('%s is an organic search of %s', (referrer, source) => {
    expect(from(referrer)).toEqual({ source, medium: 'organic', campaign: '(organic)' });
  });

  it.each([
    ['https://m.facebook.com/', 'm.facebook.com'],
    ['https://www.partner.test:8080/a?b', 'partner.test'],
    ['https://docs.google.com/', 'docs.google.com'],
    ['https://notgoogle.test/', 'notgoogle.test'],
    ['https://user@Evil.Test/', 'evil.test'],
  ])('%s is a referral of %s', (referrer, source) => {
    expect(from(referrer)).toEqual({ source, medium: 'referral', campaign: '(referral)' });
  });

  it.each(['https://shop.test/', 'https://www.shop.test/en', 'https://checkout.shop.test/', '', 'no url'])(
    '%j is none of another site',
    (referrer) => {
      expect(from(referrer)).toBeUndefined();
    },
  );

  it('is another site where only a public suffix is shared', () => {
    const params = { page_location: 'https://a.co.uk/', page_referrer: 'https://b.co.uk/' };
    expect(of({ params })).toMatchObject({ source: 'b.co.uk' });
  });

  it.each(['true', '1', 1])('is not looked at where ignore_referrer is %p', (ignore_referrer) => {
    expect(from('https://www.paypal.com/', { ignore_referrer })).toBeUndefined();
    expect(from('https://www.paypal.com/')).toMatchObject({ medium: 'referral' });
  });
});

describe('the source of a session', () => {
  const last = (members: object) =>
    visit({ columns: { session_traffic_source_last_click: { ...members } } }).session;
  const manual_campaign = { source: 'news', medium: 'email', campaign_name: 'may' };
  const google_ads_campaign = { campaign_name: 'brand', customer_id: '1' };

  it('is GA4’s own across channels, with its channel group', () => {
    const cross_channel_campaign = {
      source: 'google',
      medium: 'cpc',
      campaign_name: '(not set)',
      default_channel_group: 'Paid Search',
    };
    expect(last({ manual_campaign, google_ads_campaign, cross_channel_campaign })).toEqual({
      source: 'google',
      medium: 'cpc',
      group: 'Paid Search',
    });
  });

  it('is that of Google Ads, else the manual one, in tables from before there was one across channels', () => {
    expect(last({ manual_campaign, google_ads_campaign })).toEqual({
      source: 'google',
      medium: 'cpc',
      campaign: 'brand',
    });
    expect(last({ manual_campaign })).toEqual({ source: 'news', medium: 'email', campaign: 'may' });
    expect(last({})).toBeUndefined();
    expect(visit({}).session).toBeUndefined();
  });

  it('is never that of the user', () => {
    const columns = { traffic_source: { source: 'google', medium: 'organic', name: '(organic)' } };
    const seen = visit({ columns });
    expect([seen.traffic, seen.session]).toEqual([undefined, undefined]);
    expect(trafficOfFirstTouch(seen.read)).toEqual({
      source: 'google',
      medium: 'organic',
      campaign: '(organic)',
    });
  });
});

it('is direct without a source, or where it says so', () => {
  expect([{}, { source: '(direct)' }, { medium: 'cpc' }, { source: 'a' }].map(isDirect)).toEqual([
    true,
    true,
    true,
    false,
  ]);
});
