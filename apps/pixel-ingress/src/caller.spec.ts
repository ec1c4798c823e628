import { callerAddress, isBrowser, isPrefetch, truncateAddress } from './caller.js';

it.each([
  ['203.0.113.77', '203.0.113.0'],
  ['203.0.113.77:8080', '203.0.113.0'],
  ['::ffff:203.0.113.77', '203.0.113.0'],
  ['2001:db8:85a3:8d3:1319:8a2e:370:7348', '2001:db8:85a3::'],
  ['2001:0DB8::1', '2001:db8:0::'],
  ['[2001:db8:1::2]:443', '2001:db8:1::'],
  ['fe80::1%eth0', 'fe80:0:0::'],
  ['::1', '0:0:0::'],
  ['unknown', undefined],
  ['', undefined],
])('truncateAddress(%s)', (given, kept) => expect(truncateAddress(given)).toBe(kept));

it.each([
  [0, '1.1.1.1', '9.9.9.9'],
  [1, '1.1.1.1, 2.2.2.2', '2.2.2.2'],
  [2, '1.1.1.1, 2.2.2.2', '1.1.1.1'],
  [2, '6.6.6.6, 1.1.1.1, 2.2.2.2', '1.1.1.1'],
  [3, '1.1.1.1', '1.1.1.1'],
  [1, '', '9.9.9.9'],
])('with %d trusted hops and %j', (hops, forwarded, address) => {
  expect(callerAddress('9.9.9.9', forwarded, hops)).toBe(address);
});

it.each([
  [{ 'user-agent': 'Mozilla/5.0' }, true],
  [{ 'sec-fetch-site': 'cross-site' }, true],
  [{ origin: 'https://a.example' }, true],
  [{ 'user-agent': 'node', 'sec-fetch-mode': 'cors' }, false],
  [{ 'user-agent': 'Java/17' }, false],
  [{}, false],
])('isBrowser(%j)', (headers, browser) => expect(isBrowser(headers)).toBe(browser));

it.each([
  [{ 'sec-purpose': 'prefetch;prerender' }, true],
  [{ 'sec-purpose': 'prefetch;anonymous-client-ip' }, true],
  [{ 'x-purpose': 'preview' }, true],
  [{ 'sec-purpose': 'other' }, false],
  [{}, false],
])('isPrefetch(%j)', (headers, prefetch) => expect(isPrefetch(headers)).toBe(prefetch));
