import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { PassThrough } from 'node:stream';
import { FORMATS, type Row } from './formats.js';

const COLUMNS = ['a', 'b', 'c'];

async function written(format: string, rows: readonly Row[]): Promise<string> {
  const out = new PassThrough();
  const read = text(out);
  await pipeline(Readable.from(rows), FORMATS[format]!(COLUMNS), out);
  return read;
}

test.each<[string, Row, string, string]>([
  ['NULL and the empty text', [null, '', 'x'], '{"a":null,"b":"","c":"x"}', ',"",x'],
  [
    'objects, their names in order',
    [{ z: 1, a: { y: [2] } }, {}, []],
    '{"a":{"a":{"y":[2]},"z":1},"b":{},"c":[]}',
    '"{""a"":{""y"":[2]},""z"":1}",{},[]',
  ],
  ['flags and numbers', [true, false, 7], '{"a":true,"b":false,"c":7}', 'true,false,7'],
  [
    'bytes',
    [Buffer.from('kéy'), Buffer.from('a,b'), Buffer.alloc(0)],
    '{"a":"kéy","b":"a,b","c":""}',
    'kéy,"a,b",',
  ],
  [
    'quotes and line breaks',
    ['say "a"', 'b\nc', 'd\re'],
    '{"a":"say \\"a\\"","b":"b\\nc","c":"d\\re"}',
    '"say ""a""","b\nc","d\re"',
  ],
])('%s', async (_, row, jsonl, csv) => {
  expect(await written('jsonl', [row])).toBe(`${jsonl}\n`);
  expect(await written('csv', [row])).toBe(`a,b,c\n${csv}\n`);
});

test('no rows: nothing, or the header alone', async () => {
  expect(await written('jsonl', [])).toBe('');
  expect(await written('csv', [])).toBe('a,b,c\n');
});
