import { failureIn, sliceErrorOf } from './bigquery-error.js';

const ASKED = { what: 'the dataset p.analytics_1', grant: 'BigQuery Data Viewer on p.analytics_1' };

describe('what BigQuery refuses', () => {
  it.each<[number | undefined, string | undefined, string, string]>([
    [403, 'accessDenied', 'config_error', 'auth'],
    [401, 'authError', 'config_error', 'auth'],
    [403, 'billingNotEnabled', 'config_error', 'auth'],
    [404, 'notFound', 'config_error', 'definition'],
    [400, 'bytesBilledLimitExceeded', 'config_error', 'definition'],
    [400, 'invalidQuery', 'system_error', 'http_status'],
    [403, 'rateLimitExceeded', 'transient_error', 'rate_limited'],
    [403, 'quotaExceeded', 'transient_error', 'rate_limited'],
    [400, 'jobRateLimitExceeded', 'transient_error', 'rate_limited'],
    [503, 'backendError', 'transient_error', 'http_status'],
    [500, undefined, 'transient_error', 'http_status'],
    [undefined, undefined, 'transient_error', 'network'],
  ])('%s %s is a %s (%s)', (status, reason, kind, code) => {
    const error = sliceErrorOf({ status, reason, message: 'no' }, ASKED);
    expect([error.reason, error.code]).toEqual([kind, code]);
  });

  it('says what to grant', () => {
    const error = sliceErrorOf({ status: 403, reason: 'accessDenied', message: 'Access Denied' }, ASKED);
    expect(error.message).toBe(
      'BigQuery refuses the dataset p.analytics_1: grant BigQuery Data Viewer on p.analytics_1; it says: Access Denied',
    );
  });

  it('names the key of the definition where there are no credentials', () => {
    const error = sliceErrorOf(failureIn(new Error('Could not load the default credentials. …')), ASKED);
    expect([error.reason, error.code]).toEqual(['config_error', 'auth']);
    expect(error.message).toContain('export.credentials');
  });

  it("reads what Google's client throws", () => {
    const thrown = Object.assign(new Error('Multiple errors …'), {
      code: 403,
      errors: [{ reason: 'accessDenied', message: 'Access Denied' }],
    });
    expect(failureIn(thrown)).toEqual({ status: 403, reason: 'accessDenied', message: 'Access Denied' });
    expect(failureIn(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))).toMatchObject({
      message: 'reset',
    });
  });
});
