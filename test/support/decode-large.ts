import { gzipSync } from 'node:zlib';
import { compileDecoder } from '#libs/sources';

/**
 * Decodes a body that is made up while it is read, of so many MiB, and prints what came of it and the greatest size
 * of the process. Its own process, so that the heap can be kept smaller than the body.
 */

const MIB = 1024 * 1024;
const [, , format = 'json', mebibytes = '1'] = process.argv;

const FORMATS = {
  json: {
    decode: compileDecoder({ type: 'json' }, { path: 'data' }),
    head: '{"meta":{"total":7},"data":[{"id":0}',
    row: (n: number) =>
      `,{"id":${n},"transaction":"t-${n}","payout":${n % 100}.25,"note":"${'x'.repeat(150)}"}`,
    tail: '],"links":{"next":null}}',
  },
  xml: {
    decode: compileDecoder({ type: 'xml' }, { path: 'r.rows.row' }),
    head: '<r><total>7</total><rows>',
    row: (n: number) => `<row id="${n}"><payout>${n % 100}.25</payout><note>${'x'.repeat(150)}</note></row>`,
    tail: '</rows></r>',
  },
  csv: {
    decode: compileDecoder({ type: 'csv' }),
    head: 'id,transaction,payout,note\r\n',
    row: (n: number) => `${n},t-${n},${n % 100}.25,"${'x'.repeat(150)}"\r\n`,
    tail: '',
  },
  jsonl: {
    decode: compileDecoder({ type: 'jsonl' }),
    head: '',
    row: (n: number) => `{"id":${n},"payout":${n % 100}.25,"note":"${'x'.repeat(150)}"}\n`,
    tail: '',
  },
};

/** As concatenated members of gzip, one a chunk, where `gzip` is asked for. */
const pack =
  process.argv[4] === 'gzip' ? (bytes: Buffer) => gzipSync(bytes, { level: 1 }) : (bytes: Buffer) => bytes;
const { decode, head, row, tail } = FORMATS[format as keyof typeof FORMATS];

async function* body(): AsyncGenerator<Uint8Array> {
  yield pack(Buffer.from(head));
  let bytes = 0;
  for (let n = 1; bytes < Number(mebibytes) * MIB;) {
    let text = '';
    while (text.length < 64 * 1024) text += row(n++);
    bytes += text.length;
    yield pack(Buffer.from(text));
  }
  yield pack(Buffer.from(tail));
}

const reading = decode(body());
let records = 0;
let largestBytes = 0;
for (;;) {
  const next = await reading.next();
  largestBytes = Math.max(largestBytes, process.memoryUsage.rss());
  if (next.done) {
    const cpuMicros = process.cpuUsage().user;
    console.log(JSON.stringify({ records, envelope: next.value, largestMib: largestBytes / MIB, cpuMicros }));
    break;
  }
  records += next.value.length;
}
