import fc from 'fast-check';
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { setTimeout as sleep } from 'node:timers/promises';
import { decoded } from '#test/decoded';
import { anyCuts, inChunks } from '#test/json-texts';
import { until } from '#test/until';
import type { Compression } from '../definition.js';
import type { HttpResponse } from '../http.js';
import { compileDecoder } from './decoder.js';
import { decodeContentEncoding } from './decompress.js';

const TEXT = JSON.stringify([{ name: 'Zoë 😀', n: 1 }]);
const RECORDS = [{ name: 'Zoë 😀', n: 1 }];
const json = (compression?: Compression, charset?: string) =>
  compileDecoder({ type: 'json', compression, charset });

describe('the charset of a body', () => {
  const utf16 = (text: string, littleEndian: boolean) => {
    const bytes = Buffer.from(text, 'utf16le');
    return littleEndian ? bytes : bytes.swap16();
  };
  const latin = Buffer.from('[{"name":"Zoë"}]', 'latin1');

  it.each<[string, Buffer, string | undefined, string | undefined]>([
    ['UTF-8', Buffer.from(TEXT), undefined, undefined],
    ['UTF-8 with a mark', Buffer.from('\ufeff' + TEXT), undefined, 'text/plain; charset=utf-8'],
    ['UTF-16 with a mark', utf16('\ufeff' + TEXT, true), undefined, undefined],
    [
      'big-endian UTF-16 with a mark',
      utf16('\ufeff' + TEXT, false),
      undefined,
      'application/json; charset=utf-16',
    ],
    ['UTF-16 of the header', utf16(TEXT, true), undefined, 'application/json;charset="UTF-16LE"'],
    ['UTF-16 of the definition', utf16(TEXT, false), 'utf-16be', 'application/json; charset=utf-8'],
  ])('%s', async (_name, bytes, charset, contentType) => {
    await fc.assert(
      fc.asyncProperty(anyCuts, async (cuts) => {
        const result = await decoded(json('auto', charset), inChunks(bytes, cuts), contentType);
        expect(result.records).toEqual(RECORDS);
      }),
      { numRuns: 30 },
    );
  });

  it('is that of the header where the definition has none', async () => {
    expect((await decoded(json(), latin, 'application/json; charset=iso-8859-1')).records).toEqual([
      { name: 'Zoë' },
    ]);
    await expect(decoded(json(), latin, 'x/y; charset=klingon')).rejects.toThrow(
      'charset "klingon" is not known',
    );
    expect(() => json('auto', 'klingon')).toThrow('decoder.charset: must be a charset of');
  });

  it('is kept to: the wrong byte is told', async () => {
    const long = Buffer.concat([Buffer.from('['), Buffer.from('"Zoë",'.repeat(1000)), latin]);
    const wrong = long.length - latin.length + latin.indexOf(0xeb) + 1; // the byte behind it does not go on
    await fc.assert(
      fc.asyncProperty(anyCuts, async (cuts) => {
        const error = {
          offset: wrong,
          message: `the body cannot be read as JSON: byte ${wrong} is not utf-8`,
        };
        await expect(decoded(json(), inChunks(long, cuts))).rejects.toMatchObject(error);
      }),
      { numRuns: 50 },
    );
    await expect(decoded(json(), Buffer.from([0x5b, 0xe2, 0x82]))).rejects.toThrow('byte 3 is not utf-8');
  });
});

describe('a compressed body', () => {
  const members = Buffer.concat([gzipSync(TEXT.slice(0, 9)), gzipSync(TEXT.slice(9))]);

  it('is recognised by its first bytes, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(anyCuts, async (cuts) => {
        for (const bytes of [gzipSync(TEXT), members]) {
          expect((await decoded(json(), inChunks(bytes, cuts))).records).toEqual(RECORDS);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('must be compressed where the definition says so, and is left alone where it says none', async () => {
    expect((await decoded(json('gzip'), gzipSync(TEXT))).records).toEqual(RECORDS);
    await expect(decoded(json('gzip'), TEXT)).rejects.toThrow(
      'expected gzip data, but the body looks like a JSON',
    );
    await expect(decoded(json('none'), gzipSync(TEXT))).rejects.toThrow('it looks like gzip data');
  });

  it('that is cut off or damaged is refused', async () => {
    const whole = gzipSync(TEXT);
    const damaged = Buffer.from(whole);
    damaged[damaged.length - 6]! ^= 1;
    for (const bytes of [whole.subarray(0, -1), whole.subarray(0, 5), damaged]) {
      await expect(decoded(json(), bytes)).rejects.toThrow('the gzip data is damaged or cut off');
    }
  });
});

describe('Content-Encoding', () => {
  it.each<[string | undefined, Buffer]>([
    [undefined, Buffer.from(TEXT)],
    ['identity', Buffer.from(TEXT)],
    ['gzip', gzipSync(TEXT)],
    ['X-GZIP', gzipSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['deflate', deflateRawSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['deflate, gzip', gzipSync(deflateSync(TEXT))],
    ['gzip', gzipSync(gzipSync(TEXT))],
  ])('%s is taken off', async (encoding, bytes) => {
    const body = decodeContentEncoding(watched(inChunks(bytes, [0.1, 0.5])).body, encoding);
    expect((await decoded(json(), body)).records).toEqual(RECORDS);
  });

  it('of an empty body leaves it empty', async () => {
    const body = decodeContentEncoding(watched(inChunks(Buffer.alloc(0), [])).body, 'gzip');
    expect((await decoded(compileDecoder({ type: 'csv' }), body)).records).toEqual([]);
  });

  it('that is not understood, or not kept to, is told', async () => {
    const { body } = watched(inChunks(Buffer.from(TEXT), []));
    expect(() => decodeContentEncoding(body, 'zstd')).toThrow('Content-Encoding "zstd" is not understood');
    await expect(decoded(json(), decodeContentEncoding(body, 'br'))).rejects.toThrow(
      'the br data is damaged',
    );
  });
});

describe('reading', () => {
  const row = Buffer.from(`${JSON.stringify({ id: 1, note: 'x'.repeat(80) })}\n`);
  const lines = compileDecoder({ type: 'jsonl' });

  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield Buffer.concat(Array<Buffer>(100).fill(row));
  }

  it.each(['plain', 'gzip'])(
    'takes no more of a %s body than is wanted, and closes it on an early end',
    async (how) => {
      const one = gzipSync(Buffer.concat(Array<Buffer>(100).fill(row)), {
        level: constants.Z_NO_COMPRESSION,
      });
      async function* packed(): AsyncGenerator<Uint8Array> {
        for (;;) yield one;
      }
      const source = watched(how === 'gzip' ? packed() : endless());
      const reading = lines(source.body);
      expect((await reading.next()).value).toHaveLength(1000);
      let taken = 0;
      await until('it takes no more', async () => {
        const before = taken;
        await sleep(50);
        taken = source.taken();
        return taken === before;
      });
      expect(taken).toBeLessThan(60);
      await reading.return(null);
      expect(source.destroyed()).toBe(true);
    },
  );

  it('closes a body without destroy by its iterator, also when it has not come to its first record', async () => {
    let closed = false;
    async function* body(): AsyncGenerator<Uint8Array> {
      try {
        yield* endless();
      } finally {
        closed = true;
      }
    }
    const reading = lines(body());
    await reading.next();
    await reading.return(null);
    expect(closed).toBe(true);
  });

  it('closes a body that it cannot read, and passes on what reading it throws', async () => {
    const source = watched(inChunks(Buffer.from('x\n'.repeat(5000)), [0.5]));
    await expect(decoded(lines, source.body)).rejects.toThrow('line 1');
    expect(source.destroyed()).toBe(true);
    const fault = new Error('the connection was reset');
    for (const first of [Buffer.from(TEXT), gzipSync(TEXT)]) {
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield first;
        throw fault;
      }
      await expect(decoded(json(), broken())).rejects.toBe(fault);
    }
  });

  it('does not close a body that was read to its end', async () => {
    const source = watched(inChunks(Buffer.from(TEXT), []));
    await decoded(json(), source.body);
    expect(source.destroyed()).toBe(false);
  });
});

/** A body that counts the chunks taken from it. */
function watched(chunks: AsyncIterable<Uint8Array>) {
  let taken = 0;
  let destroyed = false;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      taken++;
      yield chunk;
    }
  }
  const body: HttpResponse['body'] = Object.assign(counted(), { destroy: () => void (destroyed = true) });
  return { body, taken: () => taken, destroyed: () => destroyed };
}
