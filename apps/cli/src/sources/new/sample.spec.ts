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
      nextIsLink: true,
      saysMore: false,
    });
  });

  it.each([
    ['[{"id":1},{"id":2}]', 'json', '', ['id']],
    ['{"data":{"7":{"id":7},"8":{"id":8}},"meta":[{"a":1}]}', 'json', 'data.*', ['id']],
    ['{"response":{"data":{"7":{"Conversion":{"id":"7"}}}}}', 'json', 'response.data.*.Conversion', ['id']],
    ['{"id":1}', 'json', '', ['id']],
    ['{"id":1}\n{"id":2,"b.c":3}\n', 'jsonl', '', ['id', "['b.c']"]],
    ['\uFEFFid;amount\r\n1;2\r\n', 'csv', '', ['id', 'amount']],
    [
      '<a:r xmlns:a="x"><total>1</total><rows><row><id>1</id></row><row><id>2</id></row></rows></a:r>',
      'xml',
      'a:r.rows.row',
      ['id'],
    ],
    [
      '<r xmlns="x" total="2"><row id="1"><paid in="EUR">5</paid></row><row id="2"><paid in="USD">6</paid></row></r>',
      'xml',
      'r.row',
      ['@id', 'paid.@in', 'paid.#text'],
    ],
    ['<feed><earning date="2026-01-02" amount="1.5"/></feed>', 'xml', 'feed.earning', ['@date', '@amount']],
    ['<r><rows><row><id>1</id><b><c>2</c></b></row></rows></r>', 'xml', 'r.rows.row', ['id', 'b.c']],
  ])('%s is understood', (text, format, records, paths) => {
    const sample = lookAtSample(text);
    expect({ ...sample, fields: sample.fields.map((f) => f.path) }).toMatchObject({
      format,
      records,
      fields: paths,
    });
  });

  it('takes no field of records that stand by their ids for a word about paging', () => {
    const text = '{"n":{"total":2,"done":true,"data":{"7":{"pages":1},"8":{"pages":2}}}}';
    expect(lookAtSample(text)).toMatchObject({
      records: 'n.data.*',
      paging: { total: 'n.total', done: 'n.done' },
    });
    expect(lookAtSample(text).paging).not.toHaveProperty('lastPage');
  });

  it.each([
    [
      '{"@total":"250","@nextpageuri":"/rows?Page=2","rows":[{"id":1}]}',
      { total: '@total', next: '@nextpageuri' },
      true,
      true,
    ],
    [
      '{"@odata.nextLink":"https://a.example/?skip=2","value":[{"id":1}]}',
      { next: "['@odata.nextLink']" },
      true,
      true,
    ],
    [
      '{"content":[{"id":1}],"last":true,"totalPages":1,"totalElements":1}',
      { done: 'last', lastPage: 'totalPages', total: 'totalElements' },
      false,
      false,
    ],
    ['{"content":[{"id":1}],"last":"Doe","total":"none"}', {}, false, false],
    ['{"rows":[{"id":1}],"payloadComplete":false}', { done: 'payloadComplete' }, false, true],
    [
      '{"rows":[{"id":1}],"pageInfo":{"endCursor":"x","hasNextPage":true}}',
      { cursor: 'pageInfo.endCursor', hasMore: 'pageInfo.hasNextPage' },
      false,
      true,
    ],
    ['{"rows":[{"id":1}],"next_page":2}', { next: 'next_page' }, false, true],
    ['{"rows":[{"id":1}],"next":false}', { next: 'next' }, true, false],
    ['{"rows":[{"id":1}],"next_page":null}', { next: 'next_page' }, true, false],
  ])('%s says how paging goes on', (text, paging, nextIsLink, saysMore) => {
    const told = lookAtSample(text);
    expect([told.paging, told.nextIsLink, told.saysMore]).toEqual([paging, nextIsLink, saysMore]);
  });

  it.each(['{"id":', '<r><id></r>', 'nothing', ''])('%j is none that can be understood', (text) => {
    expect(() => lookAtSample(text)).toThrow();
  });
});
