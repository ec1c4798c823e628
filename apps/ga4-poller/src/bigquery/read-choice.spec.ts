import { billedBytes, chooseRead, needsDryRun, usdOf, type ReadQuestion } from './read-choice.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const asked = (more: Partial<ReadQuestion>): ReadQuestion => ({
  ...{ read: 'auto', maxBytesBilled: 10 * GIB, tableBytes: 5 * MIB, isStreaming: false },
  ...more,
});

describe('how a shard is read', () => {
  it.each<[string, Partial<ReadQuestion>, number | undefined, string]>([
    ['a small table', {}, undefined, 'list'],
    ['a large table', { tableBytes: 3 * GIB }, GIB, 'query'],
    ['a table of unknown size', { tableBytes: undefined }, GIB, 'query'],
    ['a table that is streamed into, which a table read need not show', { isStreaming: true }, MIB, 'query'],
    ['a query over the limit', { tableBytes: 90 * GIB }, 30 * GIB, 'list'],
    [
      'a table that is streamed into, over the limit',
      { isStreaming: true, maxBytesBilled: 5 * MIB },
      MIB,
      'list',
    ],
    ['a small table that is to be queried', { read: 'query' }, MIB, 'query'],
    ['a query that is to be, over the limit: BigQuery refuses it', { read: 'query' }, 30 * GIB, 'query'],
    ['a large table that is to be listed', { read: 'list', tableBytes: 90 * GIB }, undefined, 'list'],
  ])('%s', (_case, more, processed, way) => {
    const question = asked(more);
    expect(needsDryRun(question)).toBe(processed !== undefined);
    expect(chooseRead(question, processed).way).toBe(way);
  });

  it('is said with its figures', () => {
    expect(chooseRead(asked({ tableBytes: 300 * GIB, maxBytesBilled: 900 * GIB }), 100 * GIB)).toEqual({
      way: 'query',
      why: 'a table of 307200 MiB takes long to read; a query bills 102400 MiB (about 0.61 USD)',
      bytes: 100 * GIB,
    });
    expect(chooseRead(asked({}), undefined)).toEqual({
      way: 'list',
      why: 'a table of 5.0 MiB is read soon enough, free',
    });
    expect(chooseRead(asked({ tableBytes: 90 * GIB, maxBytesBilled: GIB }), 2 * GIB).why).toBe(
      'a query bills 2048 MiB (about 0.01 USD), more than max_bytes_billed 1024 MiB; a table of 92160 MiB, free',
    );
  });

  it('is billed in whole MB, ten at least', () => {
    expect([0, 1, 10 * MIB, 10 * MIB + 1].map(billedBytes)).toEqual([10 * MIB, 10 * MIB, 10 * MIB, 11 * MIB]);
    expect(usdOf(2 ** 40)).toBe(6.25);
  });
});
