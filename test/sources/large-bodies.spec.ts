import { runNode } from '#test/run-node';

const MIB = 96;
const HEAP_MIB = 64;

describe('a body much larger than the heap', () => {
  it.each([
    ['json', { meta: { total: 7 }, data: [], links: { next: null } }],
    ['json gzip', { meta: { total: 7 }, data: [], links: { next: null } }],
    ['xml', { r: { total: '7', rows: {} } }],
    ['csv', {}],
    ['jsonl', {}],
  ])('is read as %s, and its envelope with it', async (named, envelope) => {
    const [format, packing = 'plain'] = named.split(' ') as [string, string?];
    const heap = `--max-old-space-size=${HEAP_MIB}`;
    const argv = [heap, 'dist/test/support/decode-large.js', format, `${MIB}`, packing];
    const { code, stdout, stderr } = await runNode(argv);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const result = JSON.parse(stdout) as { records: number; envelope: unknown; largestMib: number };
    expect(result.envelope).toEqual(envelope);
    expect(result.records).toBeGreaterThan((MIB * 1024 * 1024) / 300);
    expect(result.largestMib).toBeLessThan(300);
  });
});
