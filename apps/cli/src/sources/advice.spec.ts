import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DecodeError, SliceError, type JsonValue } from '#libs/sources';
import { adviseOn } from './advice.js';
import type { LatestAnswer } from './ask-partner.js';
import type { FoundStream } from './load-source.js';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'advice-'));
  writeFileSync(join(dir, 'a.yaml'), 'streams: [{ requester: { url: x }, record_selector: { path: data } }]');
});
afterAll(() => rmSync(dir, { recursive: true }));

const answer = (body: string, status = 200): LatestAnswer => ({
  body: Buffer.from(body),
  headers: {},
  status,
  mask: (text) => text,
});
const notThere = (envelope: JsonValue): DecodeError => new DecodeError('it has no data', { envelope });
const failed = (code: 'auth' | 'network' | 'decode', status?: number): SliceError =>
  new SliceError('transient_error', code, 'it failed', status === undefined ? {} : { status });

describe('what to change where a partner answers otherwise', () => {
  it.each([
    ['nobody answers', failed('network'), undefined, 'requester.url: nobody answers there'],
    [
      'it broke off',
      failed('network'),
      answer('{"data":['),
      'requester.url: the partner, or what stands before it, broke the answer off',
    ],
    [
      'the login refuses',
      failed('auth', 401),
      answer('{}', 401),
      'authenticator: the partner does not know who asks',
    ],
    [
      'the login is broken',
      failed('auth', 503),
      answer('{}', 503),
      'authenticator: what hands out tokens has a fault of its own',
    ],
    [
      'it shows a page',
      failed('decode'),
      answer('\n<!DOCTYPE html><html>'),
      'requester.url: the answer is a web page',
    ],
    [
      'it is XML',
      failed('decode'),
      answer('<?xml version="1.0"?><a><b>1</b></a>'),
      'decoder: the answer looks like xml',
    ],
    ['it is a list', notThere([]), answer('[{"id":1}]'), 'record_selector: the answer itself is the records'],
    [
      'records stand elsewhere',
      notThere({}),
      answer('{"rows":[{"id":1}]}'),
      'record_selector: the records probably stand at rows',
    ],
    [
      'it tells of an error',
      notThere({}),
      answer('{"status":"error","message":"who?"}'),
      'record_selector: the answer has no list of records, it has status, message: does it tell of an error?',
    ],
    [
      'it is empty',
      notThere({}),
      answer('{}'),
      'record_selector: the answer has no list of records, it has nothing',
    ],
  ])('%s', (_, error, latest, expected) => {
    const found = { file: { path: join(dir, 'a.yaml') }, index: 0, stream: {} } as unknown as FoundStream;
    const [, , place] = /^(.*?:\d+:\d+): (.*)$/m.exec(adviseOn(error, found, latest)) ?? [];
    expect(place?.replace('streams[0].', '')).toContain(expected);
  });
});
