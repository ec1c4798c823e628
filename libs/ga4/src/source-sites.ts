/** What kind of site a traffic source is, as far as channel groups ask. */
export type SiteKind = 'search' | 'shopping' | 'social' | 'video';

/**
 * Sites by their kind, after the list of sources and categories that Google publishes with the default channel group
 * (https://support.google.com/analytics/answer/9756891, "Download the list"). Written down by name and by domain, so that
 * `m.facebook.com` and `facebook` are both Facebook; the long tail of Google's list, mostly sites that have closed, is
 * left out.
 */
const SITES: Record<SiteKind, string> = {
  search: `360.cn alice aol ask ask.com auone avg babylon baidu baidu.com biglobe biglobe.co.jp biglobe.ne.jp bing
    bing.com brave search.brave.com centrum.cz cnn comcast conduit daum daum.net dogpile dogpile.com duckduckgo
    duckduckgo.com ecosia ecosia.org seznam seznam.cz eniro exalead.com excite.com firmy.cz globo go.mail.ru google
    google-play googlemybusiness incredimail kvasir lycos mail.google.com mail.rambler.ru mail.yandex.ru msn msn.com
    naver naver.com najdi nova.rambler.ru onet onet.pl qwant qwant.com rakuten rambler rambler.ru search-results
    smt.docomo.ne.jp sogou sogou.com so.com startsiden startsiden.no startpage startpage.com terra tut.by ukr
    virgilio yahoo yahoo.com yahoo.co.jp yandex yandex.ru yandex.com ya.ru zen.yandex.ru`,
  shopping: `alibaba alibaba.com aliexpress aliexpress.com allegro.pl amazon amazon.com amazon-adsystem.com
    apps.shopify.com checkout.shopify.com checkout.stripe.com ebay etsy etsy.com google-shopping igshopping mercadolibre
    mercadolibre.com pay.google.com shop.app shopify shopify.com shopping.naver.com shopping.yahoo.co.jp
    shopping.google.com shopzilla simplycodes.com stripe stripe.com walmart walmart.com`,
  social: `badoo badoo.com bit.ly blogger blogger.com blogspot.com buzzfeed buzzfeed.com classmates classmates.com
    deviantart deviantart.com digg digg.com discord discord.com disqus disqus.com douban douban.com facebook facebook.com
    fb fb.me flickr flickr.com flipboard flipboard.com foursquare foursquare.com getpocket.com glassdoor glassdoor.com
    goodreads goodreads.com groups.google.com hi5 hi5.com hootsuite hootsuite.com houzz houzz.com ig instagram
    instagram.com instapaper instapaper.com kakao kakao.com line line.me linkedin linkedin.com lnkd.in livejournal
    livejournal.com mastodon mastodon.social medium.com meetup meetup.com messenger messenger.com mix.com myspace
    myspace.com naver.me nextdoor nextdoor.com odnoklassniki.ru ok.ru pinterest pinterest.com plurk plurk.com producthunt
    producthunt.com quora quora.com reddit reddit.com renren.com slashdot slashdot.org snapchat snapchat.com sina.com.cn
    skype skype.com stackoverflow stackoverflow.com steamcommunity.com t.co t.me telegram telegram.me telegram.org
    threads threads.net tiktok tiktok.com tinyurl.com trustpilot trustpilot.com tumblr tumblr.com twitter twitter.com
    typepad.com viadeo viadeo.com vk vk.com vkontakte vkontakte.ru weebly weebly.com wechat wechat.com weibo weibo.com
    whatsapp whatsapp.com wordpress wordpress.com wordpress.org x.com xing xing.com yammer yammer.com yelp yelp.com
    zalo zalo.me`,
  video: `crackle crackle.com curiositystream curiositystream.com d.tube dailymotion dailymotion.com disneyplus
    disneyplus.com wistia wistia.com wistia.net hulu hulu.com iq.com iqiyi iqiyi.com justin.tv netflix netflix.com
    primevideo.com rumble rumble.com ted ted.com twitch twitch.tv utreon veoh veoh.com viadeo.tv vimeo vimeo.com youku
    youku.com youtu.be youtube youtube.com`,
};

/** Names that Google's list gives with a space. */
const SPACED: Record<string, SiteKind> = { 'google shopping': 'shopping' };

const KINDS: ReadonlyMap<string, SiteKind> = new Map([
  ...(Object.entries(SITES) as [SiteKind, string][]).flatMap(([kind, names]) =>
    names.split(/\s+/).map((name) => [name, kind] as const),
  ),
  ...Object.entries(SPACED),
]);

/** Names that answer under the domains of many countries. */
const WORLD_WIDE: ReadonlySet<string> = new Set([
  ...['google', 'bing', 'yahoo', 'yandex', 'amazon', 'ebay', 'pinterest'],
]);
/** Labels that stand before a site's name: of the web, of phones, of searches, of countries. */
const BEFORE_NAME = /^(?:(?:www|m|r|search|[a-z]{2})\.)+(?=[^.]+\.)/;
const COUNTRY_DOMAIN = /^([a-z]+)\.(?:com?\.)?[a-z]{2,3}$/;

/** The kind of site that a traffic source is, by its name or host; undefined where it is none of these. */
export function siteKindOf(source: string): SiteKind | undefined {
  let name = source.toLowerCase();
  const exact = KINDS.get(name) ?? siteOf(name)?.kind;
  if (exact !== undefined) return exact;
  // Of a search engine other hosts are other services, as docs.google.com
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.')) {
    name = name.slice(dot + 1);
    const kind = KINDS.get(name);
    if (kind !== undefined) return kind === 'search' ? undefined : kind;
  }
  return undefined;
}

/** The name of the search engine whose results a host shows; undefined where it is none. */
export function searchEngineOf(host: string): string | undefined {
  const site = siteOf(host);
  return site?.kind === 'search' ? site.name : undefined;
}

function siteOf(host: string): { kind: SiteKind; name: string } | undefined {
  const domain = host.replace(BEFORE_NAME, '');
  const world = COUNTRY_DOMAIN.exec(domain)?.[1];
  const kind = KINDS.get(world !== undefined && WORLD_WIDE.has(world) ? world : domain);
  return kind && { kind, name: domain.slice(0, domain.indexOf('.')) };
}
