import { compileRecordSchema } from './record-schema.js';

const DRAFT_7 = 'http://json-schema.org/draft-07/schema#';

describe('the schema of records', () => {
  it('is compiled once', () => {
    const schema = { type: 'object' };
    expect(compileRecordSchema(schema)).toBe(compileRecordSchema(schema));
  });

  it('may have the name of another, and of a part of another', () => {
    const named = (type: string) => ({
      $id: 'https://partner.test/record.json',
      properties: { id: { $ref: 'https://partner.test/id.json' } },
      $defs: { id: { $id: 'https://partner.test/id.json', type } },
    });
    const [ofTexts, ofNumbers] = ['string', 'number'].map((type) => compileRecordSchema(named(type)));
    const records = [{ id: 'a' }, { id: 1 }];
    expect(records.map((record) => ofTexts!(record).length)).toEqual([0, 1]);
    expect(records.map((record) => ofNumbers!(record).length)).toEqual([1, 0]);
  });

  it('is of the dialect that it names', () => {
    const items = { items: [{ type: 'string' }, { type: 'number' }] };
    const ofDraft7 = compileRecordSchema({ $schema: DRAFT_7, properties: { list: items } });
    expect(ofDraft7({ list: ['a', 1] })).toEqual([]);
    expect(ofDraft7({ list: ['a', 'b'] })).toEqual([
      { pointer: '/list/1', detail: 'must be number; it is a text' },
    ]);
    expect(() => compileRecordSchema({ properties: { list: items } })).toThrow('the schema cannot be used');
  });

  it('can be mended after it was refused', () => {
    const named = (type: string) => ({ $id: 'https://partner.test/mended.json', type });
    expect(() => compileRecordSchema(named('objet'))).toThrow('the schema cannot be used: ');
    expect(compileRecordSchema(named('object'))({})).toEqual([]);
  });

  it.each<[unknown, string]>([
    [{ type: 'object', minLength: -1 }, 'the schema cannot be used: '],
    [{ properties: { a: { pattern: '(' } } }, 'the schema cannot be used: '],
    [{ $schema: 'https://partner.test/own' }, 'the schema cannot be used: '],
    [['object'], 'the schema must be an object'],
    [null, 'the schema must be an object'],
  ])('is refused: %j', (schema, problem) => {
    expect(() => compileRecordSchema(schema)).toThrow(problem);
  });
});
