import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkAgreementsDir, readAgreementsDir } from '#libs/runtime';
import { problemText } from '#libs/yaml-file';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'agreements-'))));
afterEach(() => rmSync(dir, { recursive: true }));

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
}

const agreement = (name: string, ngr = 'standard', from = '2026-01-01', zone = 'UTC'): string =>
  `agreement: ${name}
partner: acme
brand: spacevegas
currency: EUR
time_zone: ${zone}
covers: [{link: acme}]
plans:
  - type: revenue_share
    from: ${from}
    ngr: ${ngr}
    revenue_share: {rate: 25%, carry_over: false}
`;

const ngr = (name: string, versions = '{from: 2026-01-01}', brand = 'spacevegas'): string =>
  `ngr: ${name}\nbrand: ${brand}\ntime_zone: UTC\nversions: [${versions}]\n`;

function read(): { agreements: string[]; ngrs: string[]; problems: string[] } {
  const { agreements, ngrs, problems } = readAgreementsDir(dir);
  return {
    agreements: agreements.map((a) => a.agreement),
    ngrs: ngrs.map((n) => n.ngr),
    problems: problems.map((p) => problemText(p).replaceAll(`${dir}/`, '')),
  };
}

it('has none where there is no folder, which must be there where it is named', () => {
  const none = join(dir, 'none');
  expect(readAgreementsDir(none)).toEqual({ agreements: [], ngrs: [], problems: [] });
  expect(() => checkAgreementsDir({})).not.toThrow();
  expect(() => checkAgreementsDir({ AGREEMENTS_DIR: dir })).not.toThrow();
  expect(() => checkAgreementsDir({ AGREEMENTS_DIR: none })).toThrow(
    'AGREEMENTS_DIR must be a folder that is there',
  );
});

it('reads the files of the folder, and nothing else', () => {
  mkdirSync(join(dir, 'examples'));
  write({ 'b.yaml': agreement('b'), 'a.yml': agreement('a'), 'n.yaml': ngr('standard') });
  write({ 'examples/c.yaml': 'nonsense', 'README.md': '#', '.hidden.yaml': 'nonsense' });
  expect(read()).toEqual({ agreements: ['a', 'b'], ngrs: ['standard'], problems: [] });
});

it('leaves out what cannot work by itself', () => {
  write({
    'a.yaml': agreement('a'),
    'b.yaml': agreement('b').replace('25%', '25'),
    'n.yaml': ngr('standard'),
  });
  expect(read()).toEqual({
    agreements: ['a'],
    ngrs: ['standard'],
    problems: [
      'b.yaml:11:27: plans[0].revenue_share.rate: must be a percentage from 0% to 100%, as 25% or 0.5%',
    ],
  });
});

it('leaves out what has the name of another, and the plans that need it', () => {
  write({ 'a.yaml': agreement('twice'), 'b.yaml': agreement('twice'), 'c.yaml': agreement('c', 'net') });
  write({
    'm.yaml': ngr('net'),
    'n.yaml': ngr('net'),
    'o.yaml': ngr('standard'),
    'p.yaml': ngr('net', '{from: 2026-01-01}', 'other'),
  });
  expect(read()).toEqual({
    agreements: [],
    ngrs: ['standard', 'net'],
    problems: [
      'a.yaml:1:12: agreement: the agreement twice is there twice: also in b.yaml',
      'b.yaml:1:12: agreement: the agreement twice is there twice: also in a.yaml',
      'c.yaml:10:10: plans[0].ngr: spacevegas has no definition net that can be used; it has standard',
      'm.yaml:1:6: ngr: the NGR net of spacevegas is there twice: also in n.yaml',
      'n.yaml:1:6: ngr: the NGR net of spacevegas is there twice: also in m.yaml',
    ],
  });
});

it('knows the definitions of NGR of each brand', () => {
  write({ 'a.yaml': agreement('a', 'standrd'), 'n.yaml': ngr('standard') });
  write({ 'b.yaml': agreement('b').replace('spacevegas', 'other') });
  expect(read().problems).toEqual([
    'a.yaml:10:10: plans[0].ngr: spacevegas has no definition standrd that can be used (did you mean standard?); it has standard',
    'b.yaml:10:10: plans[0].ngr: other has no definition standard that can be used; it has none',
  ]);
});

it.each([
  ['before the first version', '{from: 2026-02-01}', '2026-01-01', 'UTC', '2026-01-01'],
  [
    'between versions',
    '{from: 2026-01-01, to: 2026-02-01}, {from: 2026-03-01}',
    '2026-01-01',
    'UTC',
    '2026-02-01',
  ],
  ['behind the last', '{from: 2026-01-01, to: 2026-02-01}', '2026-01-01', 'UTC', '2026-02-01'],
  [
    'in another zone',
    '{from: 2026-01-01}',
    '2026-01-01',
    'Europe/Malta',
    '2026-01-01, whose days are those of UTC',
  ],
])('tells of a plan that needs NGR %s', (_when, versions, from, zone, day) => {
  write({ 'a.yaml': agreement('a', 'standard', from, zone), 'n.yaml': ngr('standard', versions) });
  expect(read()).toEqual({
    agreements: [],
    ngrs: ['standard'],
    problems: [`a.yaml:10:10: plans[0].ngr: standard has no version for ${day}`],
  });
});

it('takes versions that meet, and a zone whose day begins later', () => {
  write({ 'a.yaml': agreement('a', 'standard', '2026-01-01', 'America/New_York') });
  write({ 'n.yaml': ngr('standard', '{from: 2025-01-01, to: 2026-02-01}, {from: 2026-02-01}') });
  expect(read()).toEqual({ agreements: ['a'], ngrs: ['standard'], problems: [] });
});
