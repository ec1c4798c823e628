import { TrackingLink } from './tracking-link.js';

it('fills placeholders in, percent-encoded, unknown ones with nothing', () => {
  const link = TrackingLink.parse('https://a.example/{click_id}?s={sub1}&t={sub10}&c={utm_campaign}#{sub2}');
  expect(
    (link as TrackingLink).fill({ click_id: 'id', sub_ids: { sub1: 'a b&c=/ü' }, utm: { campaign: 'x' } }),
  ).toBe('https://a.example/id?s=a%20b%26c%3D%2F%C3%BC&t=&c=x#');
});

it.each([
  ['/relative', 'absolute'],
  ['javascript:alert(1)', 'absolute'],
  ['https://{sub1}/x', 'host'],
  ['https://a.example{sub1}/x', 'host'],
  ['{sub1}://a.example/', 'absolute'],
  ['https://a.example:{sub1}/', 'absolute'],
  ['https://{sub1}@a.example/', 'user name'],
  ['https://a.example/{player}', '{player}'],
  ['https://a.example/{click_id', 'brace'],
  ['https://a.example/{{click_id}}', 'brace'],
  ['https://a.example/a b', 'ASCII'],
])('refuses %s', (url, reason) => expect(TrackingLink.parse(url)).toContain(reason));
