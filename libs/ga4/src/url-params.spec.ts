import { decoded, decodedForm, paramsOfUrl } from './url-params.js';

const of = (url: string): Record<string, string> => Object.fromEntries(paramsOfUrl(url));

it.each([
  ['https://a.test/', {}],
  ['https://a.test/?', {}],
  ['https://a.test/?a=1&b=2', { a: '1', b: '2' }],
  ['https://a.test/?GCLID=Ab&Utm_Source=X', { gclid: 'Ab', utm_source: 'X' }],
  ['https://a.test/?a=1&a=2', { a: '1' }],
  ['https://a.test/?a=&a=2&b', { a: '2' }],
  ['https://a.test/?u%74m_source=x', { utm_source: 'x' }],
  ['https://a.test/?a=1#top', { a: '1' }],
  ['https://a.test/?a=1#/route?b=2&a=3', { a: '1', b: '2' }],
  ['https://a.test/#gclid=1&b=2', { gclid: '1', b: '2' }],
  ['https://a.test/?a=x=y', { a: 'x=y' }],
  ['https://a.test/?next=https://b.test/?gclid=1', { next: 'https://b.test/?gclid=1' }],
])('%s has %j', (url, params) => {
  expect(of(url)).toEqual(params);
});

it('leaves + alone in ids and takes it for a space in what a form wrote', () => {
  expect(decoded('a+b%2Bc%20d')).toBe('a+b+c d');
  expect(decodedForm('a+b%2Bc%20d')).toBe('a b+c d');
});

it('leaves what is no percent-encoding as it is', () => {
  expect(decoded('100%')).toBe('100%');
  expect(decoded('%E0%A4%A')).toBe('%E0%A4%A');
});
