import { YamlFile } from './yaml-file.js';

const read = (text: string): unknown => {
  const file = YamlFile.read(text, 'a.yaml');
  return Array.isArray(file)
    ? file.map(({ line, column, message }) => `${line}:${column}: ${message}`)
    : file.data;
};

describe('a YAML file', () => {
  it('may name a part by an alias', () => {
    expect(read('a: &ids { x: 1 }\nb: { <<: *ids, y: 2 }\nc: [*ids, *ids]')).toEqual({
      a: { x: 1 },
      b: { x: 1, y: 2 },
      c: [{ x: 1 }, { x: 1 }],
    });
  });

  it('is refused where an alias stands within what it names', () => {
    expect(read('a: 1\nb: &b\n  - c: [*b]')).toEqual(['3:9: *b must not stand within what it names']);
    expect(read('&all\na: *all')).toEqual(['2:4: *all must not stand within what it names']);
  });

  it('is refused where it is nested too deeply, be it by aliases of aliases', () => {
    const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    const tooDeep = ['1:1: must not be nested deeper than 64 levels'];
    expect(read(`a: ${nested(63)}`)).toHaveProperty('a');
    expect(read(`a: ${nested(64)}`)).toEqual(tooDeep);
    const chained = Array.from({ length: 5000 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]`);
    expect(read(['a0: &a0 []', ...chained].join('\n'))).toEqual(tooDeep);
  });

  it('is one document', () => {
    expect(read('a: 1\n---\nb: 2')).toEqual([
      '2:1: must be the only document of its file: take the line --- out',
    ]);
  });
});
