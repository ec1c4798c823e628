import { lookAtSample } from './sample.js';

describe('an answer of a partner', () => {
  it('tells where its records stand, and what says how paging goes on', () => {
    const sample = lookAtSample(
      JSON.stringify({
        links: { next: null, prev: null },
        meta: { total: 2, last_page: 1, 'a.b': 1 },
        tags: [{ id: 'x' }],
        data: {
          items: [
            { id: 1, user: { id: 'a' }, when: '2026-01-02', rows: [{}] },
            { id: 2, user: { id: 'a' }, when: '', rows: [] },
          ],
        },
      }),
    );
    expect(sample).toEqual({
      format: 'json',
      records: 'data.items',
      count: 2,
      fields: [
        { path: 'id', values: ['1', '2'], time: undefined, isUnique: true },
        { path: 'user.id', values: ['a', 'a'], time: undefined, isUnique: false },
        {
          path: 'when',
          values: ['2026-01-02'],
          time: { format: 'yyyy-MM-dd', hasZone: false },
          isUnique: false,
        },
      ],
      paging: { next: 'links.next', total: 'meta.total', lastPage: 'meta.last_page' },
    });
  });

  it.each([
    ['[{"id":1},{"id":2}]', 'json', '', ['id']],
    ['{"id":1}', 'json', '', ['id']],
    ['{"id":1}\n{"id":2,"b.c":3}\n', 'jsonl', '', ['id', "['b.c']"]],
    ['\uFEFFid;amount\r\n1;2\r\n', 'csv', '', ['id', 'amount']],
    [
      '<a:r xmlns:a="x"><total>1</total><rows><row><id>1</id></row><row><id>2</id></row></rows></a:r>',
      'xml',
      'r.rows.row',
      ['id'],
    ],
    ['<r><rows><row><id>1</id><b><c>2</c></b></row></rows></r>', 'xml', 'r.rows.row', ['id', 'b.c']],
  ])('%s is understood', (text, format, records, paths) => {
    const sample = lookAtSample(text);
    expect({ ...sample, fields: sample.fields.map((f) => f.path) }).toMatchObject({
      format,
      records,
      fields: paths,
    });
  });

  it.each(['{"id":', '<r><id></r>', 'nothing', ''])('%j is none that can be understood', (text) => {
    expect(() => lookAtSample(text)).toThrow();
  });
});
