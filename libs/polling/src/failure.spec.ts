import fc from 'fast-check';
import { PublishError } from '#libs/event-log';
import { SliceError } from '#libs/sources';
import { failureOf, waitAfter } from './failure.js';

const NOW = Date.parse('2026-11-21T10:00:00Z');

describe('a failure', () => {
  it('is told by code, and never by what an unforeseen error says', () => {
    const auth = new SliceError('config_error', 'auth', 'the partner answered 401', { status: 401 });
    expect(failureOf(auth)).toEqual({
      reason: 'config_error',
      code: 'auth',
      text: 'the partner answered 401',
    });
    expect(failureOf(new PublishError('raw-events', 'away'))).toMatchObject({ code: 'event_log' });
    expect(failureOf(Object.assign(new Error('x'), { code: '57P01' }))).toMatchObject({ code: 'database' });
    const unforeseen = failureOf(new TypeError('anna@example.com is not a function'));
    expect(unforeseen).toMatchObject({ reason: 'system_error', code: 'unforeseen' });
    expect(unforeseen.text).not.toContain('anna');
  });

  it('is told in what PostgreSQL takes as JSON, wherever it is cut', () => {
    for (const message of [`${'a'.repeat(1_999)}😀 and more`, 'torn \ud83d', 'a\0b']) {
      const { text } = failureOf(new SliceError('transient_error', 'auth', message));
      expect(JSON.stringify(text)).not.toMatch(/\\u(?:0000|d[89a-f])/);
    }
  });

  it('waits longer each time, up to an hour where the definition is at fault', () => {
    const auth = failureOf(new SliceError('config_error', 'auth', 'no'));
    const waits = [0, 1, 2, 3, 4, 5, 6, 7, 1_000].map((n) => waitAfter(auth, n, NOW, 0).waitMs / 60_000);
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    fc.assert(
      fc.property(fc.nat(100), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, random) => {
        const { waitMs } = waitAfter(failureOf(new Error()), failures, NOW, random);
        const full = Math.min(30 * 60_000, 30_000 * 2 ** failures);
        expect(waitMs).toBeGreaterThanOrEqual(full / 2);
        expect(waitMs).toBeLessThanOrEqual(full);
      }),
    );
  });

  it('waits a minute at most for a secret that is not there', () => {
    const secret = failureOf(new SliceError('config_error', 'secret', 'no'));
    const waits = [0, 1, 2, 3, 1_000].map((n) => waitAfter(secret, n, NOW, 0).waitMs / 1_000);
    expect(waits).toEqual([15, 30, 60, 60, 60]);
  });

  it('waits at least until the partner wants to be asked again, at most a day', () => {
    const limited = (retryAt: string) =>
      waitAfter(failureOf(new SliceError('transient_error', 'rate_limited', 'no', { retryAt })), 0, NOW, 0.5);
    expect(limited('2026-11-21T10:30:00.000000Z').waitMs).toBe(30 * 60_000);
    expect(limited('2026-11-21T09:30:00.000000Z').waitMs).toBe(3_750);
    expect(limited('2027-11-21T09:30:00.000000Z').waitMs).toBe(24 * 60 * 60_000);
  });
});
