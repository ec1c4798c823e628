import { gzipSync } from 'node:zlib';
import { compileMessageDecoder, type PubsubMessage } from './pubsub-message.js';

function message(data: string | Buffer, more: Partial<PubsubMessage> = {}): PubsubMessage {
  const publishTime = '2026-11-21T10:00:00.123456Z';
  return { id: '7', data: Buffer.from(data), attributes: {}, publishTime, ...more };
}

const CE = { 'ce-specversion': '1.0', 'ce-id': 'e1', 'ce-source': '/shop', 'ce-type': 'paid' };
const EVENT = { specversion: '1.0', id: 'e1', source: '/shop', type: 'paid' };
const decode = compileMessageDecoder({});

describe('a message of Pub/Sub', () => {
  it('is its data, its attributes and what Pub/Sub says of it', () => {
    expect(decode(message('{"id":1}', { attributes: { player: 'p' }, orderingKey: 'k' }))).toEqual({
      data: { id: 1 },
      attributes: { player: 'p' },
      message: { id: '7', publish_time: '2026-11-21T10:00:00.123456Z', ordering_key: 'k' },
    });
  });

  it('keeps every digit', () => {
    const data = '{"id": 9007199254740993, "amount": 0.12345678901234567890}';
    expect(decode(message(data))).toMatchObject({
      data: { id: '9007199254740993', amount: '0.12345678901234567890' },
    });
  });

  it.each([
    ['gzip by its first bytes', message(gzipSync('[1]')), [1]],
    [
      'gzip that an attribute names',
      message(gzipSync('[1]'), { attributes: { 'Content-Encoding': 'gzip' } }),
      [1],
    ],
    ['a byte order mark', message('\ufeff{"a":1}'), { a: 1 }],
    ['no data, only attributes', message('', { attributes: { a: 'b' } }), null],
    ['a document that is a text', message('"paid"'), 'paid'],
  ])('takes %s', (_what, given, data) => {
    expect(decode(given)).toMatchObject({ data });
  });

  it.each([
    ['no JSON', message('{"a":'), 'invalid_json', '/data'],
    ['no UTF-8', message(Buffer.from([0xff, 0xfe])), 'invalid_json', '/data'],
    ['damaged gzip', message(gzipSync('{"a":1}').subarray(0, 20)), 'invalid_json', '/data'],
    [
      'gzip that is none',
      message('{}', { attributes: { 'content-encoding': 'gzip' } }),
      'invalid_json',
      '/data',
    ],
    ['too deep', message('['.repeat(600) + ']'.repeat(600)), 'invalid_json', '/data'],
    ['unpacked too large', message(gzipSync(Buffer.alloc(17 * 1024 * 1024, 32))), 'too_large', '/data'],
  ])('refuses %s', (_what, given, reason, path) => {
    expect(decode(given)).toMatchObject({ kind: 'dead_letter', reason, path });
  });
});

describe('a CloudEvent', () => {
  it.each([
    ['binary mode', message('{"a":1}', { attributes: CE })],
    [
      'binary mode as Kafka names it, in other case',
      message('{"a":1}', {
        attributes: {
          CE_SpecVersion: '1.0',
          ce_ID: 'e1',
          ce_source: '/shop',
          ce_type: 'paid',
        },
      }),
    ],
    [
      'structured mode',
      message(JSON.stringify({ ...EVENT, data: { a: 1 } }), {
        attributes: { 'Content-Type': 'application/cloudevents+json; charset=utf-8' },
      }),
    ],
    ['structured mode that only the document tells', message(JSON.stringify({ ...EVENT, data: { a: 1 } }))],
    ['structured mode in gzip', message(gzipSync(JSON.stringify({ ...EVENT, data: { a: 1 } })))],
    [
      'data in Base64',
      message(JSON.stringify({ ...EVENT, data_base64: Buffer.from('{"a":1}').toString('base64') })),
    ],
  ])('is read in %s', (_what, given) => {
    expect(decode(given)).toMatchObject({ data: { a: 1 }, event: EVENT, message: { id: '7' } });
  });

  it('has the type of its data from Content-Type in binary mode', () => {
    const attributes = { ...CE, 'content-type': 'application/json', 'ce-time': '2026-11-21T10:00:00Z' };
    expect(decode(message('1', { attributes }))).toMatchObject({
      event: { ...EVENT, datacontenttype: 'application/json', time: '2026-11-21T10:00:00Z' },
    });
  });

  it.each([
    ['without an id', message('1', { attributes: { ...CE, 'ce-id': '' } }), '/attributes/ce-id'],
    [
      'of another version',
      message('1', { attributes: { ...CE, 'ce-specversion': '0.3' } }),
      '/attributes/ce-specversion',
    ],
    [
      'in a batch',
      message('[]', { attributes: { 'content-type': 'application/cloudevents-batch+json' } }),
      '/attributes',
    ],
    [
      'whose document is none',
      message('[]', { attributes: { 'content-type': 'application/cloudevents+json' } }),
      '/data',
    ],
    [
      'whose document lacks a type',
      message('{"specversion":"1.0","id":"1","source":"s"}', {
        attributes: { 'content-type': 'application/cloudevents+json' },
      }),
      '/data/type',
    ],
  ])('is refused %s', (_what, given, path) => {
    expect(decode(given)).toMatchObject({ kind: 'dead_letter', reason: 'invalid_envelope', path });
  });

  it('must be one where the stream says so, and is none where it says that', () => {
    expect(compileMessageDecoder({ envelope: 'cloudevents' })(message('{"a":1}'))).toMatchObject({
      reason: 'invalid_envelope',
    });
    const plain = compileMessageDecoder({ envelope: 'none' })(message('{"a":1}', { attributes: CE }));
    expect(plain).toEqual(expect.not.objectContaining({ event: expect.anything() as unknown }));
    expect(plain).toMatchObject({ data: { a: 1 } });
  });
});
