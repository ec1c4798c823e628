import { EACH, PathError, compilePath, parsePath, parseRecordPath } from './path.js';

describe('a path', () => {
  it.each([
    ['id', ['id']],
    ['data.items', ['data', 'items']],
    ['data[0].id', ['data', 0, 'id']],
    ["meta['last.page'].n", ['meta', 'last.page', 'n']],
    ['$.user.id', ['user', 'id']],
    ['@id', ['@id']],
    ['first name', ['first name']],
    ['', []],
    ['$', []],
  ])('%s names %j', (path, steps) => {
    expect(parsePath(path)).toEqual(steps);
  });

  it.each(['.id', 'a..b', 'a[', 'a[x]', 'a.', "a['b]"])('%s is refused', (path) => {
    expect(() => parsePath(path)).toThrow(PathError);
  });

  it.each([
    ['data.*', ['data', EACH]],
    ['*', [EACH]],
    ['$.days.*.rows', ['days', EACH, 'rows']],
    ["data['*'].x", ['data', '*', 'x']],
  ])('to records: %s', (path, steps) => {
    expect(parseRecordPath(path)).toEqual(steps);
  });

  it('to one value has no *', () => {
    expect(() => parsePath('data.*')).toThrow('`*` may stand in record_selector.path alone');
    expect(parsePath("data['*']")).toEqual(['data', '*']);
  });

  it('reads what stands there, and nothing where nothing does', () => {
    const record = { user: { ids: ['a', 'b'] }, '0': 'zero', none: null };
    expect(compilePath('user.ids[1]')(record)).toBe('b');
    expect(compilePath('none')(record)).toBeNull();
    for (const path of ['user.name', 'none.id', 'user.ids.length', 'toString', 'user.ids[2]', '__proto__']) {
      expect(compilePath(path)(record)).toBeUndefined();
    }
  });
});
