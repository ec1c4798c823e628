import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { checkSourcesDir, readSourcesDir } from '#libs/runtime';
import { problemText } from '#libs/yaml-file';
import { exampleSource } from '#test/example-sources';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'sources-'))));
afterEach(() => rmSync(dir, { recursive: true }));

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
}
const sourceNamed = (name: string): string => stringify({ ...exampleSource(), name });
const read = (): { names: string[]; problems: string[] } => {
  const { sources, problems } = readSourcesDir(dir);
  return {
    names: sources.map((s) => s.source.name),
    problems: problems.map((p) => problemText(p).replaceAll(`${dir}/`, '')),
  };
};

it('has no sources where there is no folder', () => {
  expect(readSourcesDir(join(dir, 'none'))).toEqual({ sources: [], problems: [] });
});

it('reads the files of the folder with their schemas, and nothing else', () => {
  write({
    'b.yaml': sourceNamed('b'),
    'a.yml': sourceNamed('a'),
    'schemas/conversion.json': '{"type": "object"}',
    'deeper/c.yaml': 'nonsense',
    'README.md': '#',
    '.hidden.yaml': 'nonsense',
  });
  expect(read()).toEqual({ names: ['a', 'b'], problems: [] });
  expect([...readSourcesDir(dir).sources[0]!.schemas]).toEqual([
    ['./schemas/conversion.json', { type: 'object' }],
  ]);
});

it('leaves out a file that is not in UTF-8, or has no end', () => {
  write({
    'a.yaml': sourceNamed('a'),
    'c.yaml': 'name: &c [*c]',
    'schemas/conversion.json': '{"type": "object"}',
  });
  writeFileSync(join(dir, 'b.yaml'), Buffer.from(`# Caf\u00e9\n${sourceNamed('b')}`, 'latin1'));
  writeFileSync(join(dir, 'd.yaml'), Buffer.from(`\ufeff${sourceNamed('d')}`, 'utf16le'));
  expect(read()).toEqual({
    names: ['a'],
    problems: [
      'b.yaml:1:1: the file is not written in UTF-8',
      'c.yaml:1:11: *c must not stand within what it names',
      'd.yaml:1:1: the file is not written in UTF-8',
    ],
  });
});

it('has a folder where one is named', () => {
  write({ 'a.yaml': sourceNamed('a') });
  expect(() => checkSourcesDir({ SOURCES_DIR: dir })).not.toThrow();
  for (const path of [join(dir, 'none'), join(dir, 'a.yaml')]) {
    expect(() => checkSourcesDir({ SOURCES_DIR: path })).toThrow(
      'SOURCES_DIR must be a folder that is there',
    );
  }
});

it('leaves out what cannot work, with all that is wrong with it', () => {
  write({
    'a.yaml': sourceNamed('a'),
    'b.yaml': sourceNamed('b').replace('PT5M', '5m').replace('name: b', 'name: B'),
    'c.yaml': sourceNamed('twice'),
    'd.yaml': sourceNamed('twice'),
    'schemas/conversion.json': '{"type": "object"}',
  });
  expect(read()).toEqual({
    names: ['a'],
    problems: [
      'b.yaml:1:7: name: must be up to 64 of a-z, 0-9, _ and -, the first a letter or digit',
      expect.stringMatching(
        /^b\.yaml:\d+:\d+: streams\[0\]\.poll_interval: must be an ISO 8601 duration/,
      ) as string,
      'c.yaml:1:1: name: the name twice is also that of d.yaml',
      'd.yaml:1:1: name: the name twice is also that of c.yaml',
    ],
  });
});

it.each([
  [undefined, 'schemas/conversion.json cannot be read (ENOENT)'],
  ['{', 'schemas/conversion.json is no JSON'],
  ['{"type": 7}', 'the schema cannot be used: '],
])('leaves out a source whose schema is %j', (schema, problem) => {
  write({ 'a.yaml': sourceNamed('a'), ...(schema !== undefined && { 'schemas/conversion.json': schema }) });
  expect(read()).toEqual({ names: [], problems: [expect.stringContaining(problem) as string] });
});
