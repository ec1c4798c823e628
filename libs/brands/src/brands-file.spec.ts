import { Brands, type Brand } from './brands.js';
import { parseBrands, readBrandsFile } from './brands-file.js';

function brandsOf(text: string): Brands {
  const read = parseBrands(text, 'b.yaml');
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  return read.brands;
}
const problemsOf = (text: string): string[] => {
  const read = parseBrands(text, 'b.yaml');
  return 'problems' in read ? read.problems : [];
};

it('takes every host for the brand default where there is no file', () => {
  const { brands } = readBrandsFile(undefined) as { brands: Brands };
  expect(brands.of('any.example:80')).toMatchObject({ name: 'default', maxAgeMs: undefined });
  expect([...brands.of(undefined)!.currencies]).toEqual(['EUR', 'USD', 'GBP']);
});

it('reads brands, and finds them by host', () => {
  const brands = brandsOf(`
brands:
  vegas:
    hosts: [Go.Vegas.example, "[::1]"]
    currencies: [usdc]
    max_age: P90D
    look_back_days: 7
    links: {welcome: {url: "https://vegas.example/", source: 42}}
  rest:
`);
  const vegas = brands.of('go.VEGAS.example.:8080')!;
  expect(vegas).toMatchObject({ name: 'vegas', maxAgeMs: 90 * 86_400_000, lookBackDays: 7 });
  expect(vegas.links.get('welcome')!.utm).toEqual({ source: '42' });
  expect([...vegas.currencies]).toEqual(['USDC']);
  const found = ['[::1]:8080', 'vegas.example', undefined].map((host) => brands.of(host)?.name);
  expect(found).toEqual(['vegas', 'rest', 'rest'] satisfies Brand['name'][]);
});

it('knows the brands that say nothing of the look-back', () => {
  const { all } = brandsOf('brands: {a: {hosts: [a.example], look_back_days: 365}, b: }');
  expect(all.map(({ name, lookBackDays }) => [name, lookBackDays])).toEqual([
    ['a', 365],
    ['b', undefined],
  ]);
});

it.each(['0', '366', '7.5', '-1', '1e2000', 'P7D', '""', '', '[7]', 'true'])(
  'takes no look-back of %s',
  (days) => {
    expect(problemsOf(`brands:\n  a:\n    look_back_days: ${days}`)).toEqual([
      expect.stringMatching(/^b\.yaml:[34]:\d+: look_back_days must be a whole number from 1 to 365$/),
    ]);
  },
);

it('knows no brand where none takes the rest', () => {
  expect(brandsOf('brands: {a: {hosts: [a.example]}}').of('b.example')).toBeUndefined();
});

it.each([
  ['', ['b.yaml:1:1: the file must have keys and values']],
  [
    'brand: {}',
    ['b.yaml:1:1: unknown key brand (known: brands)', 'b.yaml:1:1: the file must have the key brands'],
  ],
  ['brands: {}', ['b.yaml:1:9: brands must name at least one brand']],
  [
    'brands: {a: {host: [x]}}',
    ['b.yaml:1:14: unknown key host (known: hosts, currencies, max_age, look_back_days, links)'],
  ],
  ['brands: {a: , b: }', ['b.yaml:1:9: only one brand may be without hosts, to take the rest: a, b']],
  [
    'brands:\n  a: {hosts: [x.example]}\n  b: {hosts: [X.example]}',
    ['b.yaml:3:15: X.example in hosts is taken by brand a already'],
  ],
  [
    'brands: {a: {hosts: ["https://x"], currencies: [$], max_age: 90}}',
    [
      'b.yaml:1:49: $ in currencies must be a currency code, as usd',
      'b.yaml:1:22: https://x in hosts must be a host name, without port or scheme',
      'b.yaml:1:62: max_age must be an ISO 8601 duration, as P90D',
    ],
  ],
  [
    'brands:\n  a: {hosts: [a], links: {l: {url: "https://a"}}}\n  b: {links: {l: {url: "http:"}, m: {}}}',
    [
      'b.yaml:3:18: link l is one of brand a already',
      'b.yaml:3:24: url must be an absolute http or https URL',
      'b.yaml:3:37: link m must have a url',
    ],
  ],
  [
    'brands: {a: {links: {"a b": {url: "https://a"}}}}',
    ['b.yaml:1:29: link a b: a name has up to 128 letters, digits, dots, hyphens, _ and ~'],
  ],
])('names every problem of %j with its place', (text, problems) => {
  expect(problemsOf(text)).toEqual(problems);
});

it('names what is no YAML, and keys that stand twice', () => {
  expect(problemsOf('brands: [')[0]).toMatch(/^b\.yaml:1:\d+: /);
  expect(problemsOf('brands: {a: , a: }')[0]).toMatch(/^b\.yaml:1:\d+: Map keys must be unique/);
});

it('says so where the file cannot be read', () => {
  expect(readBrandsFile('/nowhere/b.yaml')).toEqual({
    problems: ['PIXEL_BRANDS_FILE cannot be read: /nowhere/b.yaml (ENOENT)'],
  });
});
