import { compileRows, type FieldSchema } from './decode-rows.js';

const SCHEMA: FieldSchema[] = [
  { name: 'event_timestamp', type: 'INTEGER' },
  { name: 'event_name', type: 'STRING' },
  {
    ...{ name: 'event_params', type: 'RECORD', mode: 'REPEATED' },
    fields: [
      { name: 'key', type: 'STRING' },
      {
        ...{ name: 'value', type: 'RECORD' },
        fields: [
          { name: 'string_value', type: 'STRING' },
          { name: 'int_value', type: 'INT64' },
          { name: 'double_value', type: 'FLOAT' },
        ],
      },
    ],
  },
  { name: 'is_active_user', type: 'BOOLEAN' },
  { name: 'words', type: 'STRING', mode: 'REPEATED' },
];
const param = (key: string, ...values: (string | null)[]): object => ({
  v: { f: [{ v: key }, { v: { f: values.map((v) => ({ v })) } }] },
});

it('reads rows by the columns, exactly, without nulls', () => {
  const row = {
    f: [
      { v: '9007199254740993' },
      { v: 'purchase' },
      {
        v: [
          param('value', null, null, '39.99'),
          param('ga_session_id', null, '9007199254740995', null),
          param('odd', null, null, 'NaN'),
        ],
      },
      { v: 'true' },
      { v: [{ v: 'a' }, { v: 'b' }] },
    ],
  };
  expect(compileRows(SCHEMA)(row)).toEqual({
    event_timestamp: '9007199254740993',
    event_name: 'purchase',
    event_params: [
      { key: 'value', value: { double_value: 39.99 } },
      { key: 'ga_session_id', value: { int_value: '9007199254740995' } },
      { key: 'odd', value: { double_value: 'NaN' } },
    ],
    is_active_user: true,
    words: ['a', 'b'],
  });
  expect(compileRows(SCHEMA)({ f: [{ v: '1' }, { v: null }, { v: [] }, { v: null }, { v: [] }] })).toEqual({
    ...{ event_timestamp: '1', event_params: [], words: [] },
  });
});
