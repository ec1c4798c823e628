import fc from 'fast-check';
import { decoded } from '#test/decoded';
import { anyCuts, inChunks } from '#test/json-texts';
import { compileDecoder } from './decoder.js';

const jsonl = compileDecoder({ type: 'jsonl' });

describe('the decoder of JSON lines', () => {
  it('reads a record a line, whatever the lines end in', async () => {
    const body = '\ufeff{"id":12345678901234567890}\r\n\n  \n[1,2]\nnull\n{"id":2}';
    const records = [{ id: '12345678901234567890' }, [1, 2], null, { id: 2 }];
    expect(await decoded(jsonl, body)).toMatchObject({ records, envelope: {} });
    expect(await decoded(jsonl, '')).toMatchObject({ batches: [], envelope: {} });
  });

  it('says which line it cannot read', async () => {
    const error = {
      line: 3,
      message: expect.stringContaining('line 3: it ends too early, after 4 bytes') as unknown,
    };
    await expect(decoded(jsonl, '{}\n\n{"a"\n{}')).rejects.toMatchObject(error);
    await expect(decoded(jsonl, '{}\n\n{"a"')).rejects.toMatchObject(error);
    await expect(decoded(jsonl, '{}\n[1] [2]')).rejects.toMatchObject({ line: 2 });
  });

  it('reads the same however the body is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue({ maxDepth: 2 }).filter(losesNothing)),
        anyCuts,
        async (values, cuts) => {
          const lines = values.map((value) => JSON.stringify(value));
          const records = lines.map((line) => JSON.parse(line) as unknown);
          for (const end of ['\n', '\r\n', '\n\n']) {
            const body = inChunks(Buffer.from(lines.join(end)), cuts);
            expect((await decoded(jsonl, body)).records).toEqual(records);
          }
        },
      ),
    );
  });

  it('has no path', () => {
    expect(() => compileDecoder({ type: 'jsonl' }, { path: 'data' })).toThrow(
      'every line of jsonl is a record',
    );
  });
});

function losesNothing(value: unknown): boolean {
  return !/[\d.]{16}|e/.test(JSON.stringify(value));
}
