import fc from 'fast-check';
import { ConnectionError } from './connection-error.js';
import { pullFailureOf, waitAfter } from './pull-failure.js';

/** An error as Google's client gives one. */
const grpc = (code: number, details = 'no'): Error =>
  Object.assign(new Error(`${code}: ${details}`), { code, details });

describe('why a subscription cannot be pulled', () => {
  it.each([
    [grpc(5), 'not_found', 'no; create the subscription'],
    [grpc(7), 'permission_denied', 'no; grant roles/pubsub.subscriber'],
    [grpc(16), 'unauthenticated', 'no; look at the credentials'],
    [grpc(9), 'failed_precondition', 'no; the subscription may be detached'],
    [grpc(14), 'unavailable', 'no; Pub/Sub cannot be reached'],
    [grpc(8, 'quota'), 'resource_exhausted', 'quota'],
    [grpc(8, ''), 'resource_exhausted', '8: '],
    [grpc(99), 'unknown', 'no'],
    [new Error('getaddrinfo'), 'connection', 'getaddrinfo'],
    [new Error(''), 'connection', 'it says nothing more'],
    [{ code: 'ECONNREFUSED', message: 'refused' }, 'connection', 'refused'],
    [undefined, 'connection', 'it says nothing more'],
    ['text', 'connection', 'it says nothing more'],
    [new ConnectionError('secret', 'set SECRET_KEY'), 'secret', 'set SECRET_KEY'],
  ])('is told of %s', (error, code, text) => {
    const failure = pullFailureOf(error);
    expect([failure.code, failure.text.slice(0, text.length)]).toEqual([code, text]);
  });

  it('is cut where it is long', () => {
    expect(pullFailureOf(grpc(8, 'x'.repeat(10_000))).text).toHaveLength(500);
  });
});

describe('the wait before the next attempt', () => {
  it('doubles up to a minute', () => {
    expect([0, 1, 2, 5, 6, 1_000].map((n) => waitAfter(n, 0))).toEqual([
      1_000, 2_000, 4_000, 32_000, 60_000, 60_000,
    ]);
  });

  it('leaves up to a half to chance', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, random) => {
        const full = waitAfter(failures, 0);
        const wait = waitAfter(failures, random);
        expect(wait).toBeGreaterThanOrEqual(full / 2);
        expect(wait).toBeLessThanOrEqual(full);
      }),
    );
  });
});
