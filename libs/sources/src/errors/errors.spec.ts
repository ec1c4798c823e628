import type { ErrorHandlerDefinition } from '../definition.js';
import { afterFailure, type Tries } from './after-failure.js';
import { describeAnswer } from './describe-answer.js';
import { compileErrorRules } from './error-rules.js';
import { PageFailure, type Failure } from './failure.js';
import { networkFailure } from './network-failure.js';
import { statedWaitMs } from './stated-wait.js';

const NOW_MS = Date.parse('2026-11-21T12:00:00Z');
const FRESH: Tries = { retries: 0, maxRetries: 5, refreshed: false, given: false };

function judged(
  status: number,
  document?: unknown,
  definition: ErrorHandlerDefinition = {},
  hasToken = false,
) {
  const answer = { status, headers: {}, ...(document === undefined ? {} : { document: document as never }) };
  const judgement = compileErrorRules(definition).judge(answer, hasToken);
  return typeof judgement === 'object'
    ? `${judgement.action} ${judgement.reason} ${judgement.code}`
    : judgement;
}

describe('an answer', () => {
  it.each([
    [200, 'good'],
    [206, 'good'],
    [204, 'empty'],
    [304, 'fail config_error http_status'],
    [301, 'fail config_error http_status'],
    [400, 'fail config_error http_status'],
    [401, 'fail config_error auth'],
    [403, 'fail config_error auth'],
    [404, 'fail config_error http_status'],
    [408, 'retry transient_error http_status'],
    [429, 'rate_limited transient_error rate_limited'],
    [500, 'retry transient_error http_status'],
    [503, 'rate_limited transient_error rate_limited'],
  ])('with %i is by default: %s', (status, expected) => {
    expect(judged(status)).toBe(expected);
  });

  it('with 401 asks for another token where there can be one', () => {
    expect(judged(401, undefined, {}, true)).toBe('refresh_token_then_retry config_error auth');
  });

  it('is judged by the first rule that fits', () => {
    const rules: ErrorHandlerDefinition = {
      rules: [
        { http: [404], action: 'empty' },
        { http: [400], body: { path: 'code', in: [1, '2'] }, action: 'rate_limited' },
        {
          http: [400, 200],
          body: { path: 'code', matches: '^E' },
          action: 'fail',
          failure_type: 'system_error',
        },
        { http: [418], action: 'fail' },
        { http: [500], action: 'fail' },
      ],
    };
    expect(judged(404, undefined, rules)).toBe('empty');
    expect(judged(400, { code: '2' }, rules)).toBe('rate_limited transient_error rate_limited');
    expect(judged(400, { code: 'E7' }, rules)).toBe('fail system_error body_rule');
    expect(judged(400, { code: 3 }, rules)).toBe('fail config_error http_status');
    expect(judged(200, undefined, rules)).toBe('read_body');
    expect(judged(200, { code: null }, rules)).toBe('good');
    expect(judged(200, null, rules)).toBe('good');
    expect(judged(418, undefined, rules)).toBe('fail config_error http_status');
    expect(judged(500, undefined, rules)).toBe('fail transient_error http_status');
  });

  it('takes null and the empty text for nothing where a rule asks whether something is there', () => {
    const there = { rules: [{ body: { path: 'error', exists: true }, action: 'fail' as const }] };
    const missing = { rules: [{ body: { path: 'data', exists: false }, action: 'empty' as const }] };
    expect([judged(200, { error: null }, there), judged(200, {}, there)]).toEqual(['good', 'good']);
    expect(judged(200, { error: '' }, there)).toBe('good');
    expect(judged(200, { error: 0 }, there)).toBe('fail transient_error body_rule');
    expect([judged(200, { data: null }, missing), judged(200, { data: [] }, missing)]).toEqual([
      'empty',
      'good',
    ]);
  });

  it('is told without what may be somebody’s', () => {
    const document = {
      error: { code: 7, message: 'no player jo@x.example' },
      message: 'call 004412345678',
      title: 'Bad',
    };
    expect(
      describeAnswer({ status: 400, headers: { 'content-type': 'application/json; a=b' }, document }),
    ).toBe('400 (application/json); error.code: 7; title: "Bad"');
  });
});

describe('a stated wait', () => {
  it.each([
    [{ 'retry-after': '120' }, undefined, 120_000],
    [{ 'retry-after': '0.5' }, undefined, 500],
    [{ 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT' }, undefined, 30_000],
    [{ 'retry-after': 'Sat, 21 Nov 2026 11:00:00 GMT' }, undefined, 0],
    [{ 'ratelimit-reset': '50' }, undefined, 50_000],
    [{ 'x-ratelimit-reset': String(NOW_MS / 1000 + 9) }, undefined, 9_000],
    [{ 'x-ratelimit-reset': String(NOW_MS + 9) }, undefined, 9],
    [{ 'x-wait': '3', 'retry-after': '120' }, 'X-Wait', 3_000],
    [{ 'retry-after': 'soon' }, undefined, undefined],
    [{ 'retry-after': '-1' }, undefined, undefined],
    [{}, undefined, undefined],
  ])('%j by %s is %s', (headers, header, expected) => {
    expect(statedWaitMs(headers as Record<string, string>, NOW_MS, header)).toBe(expected);
  });
});

describe('after a failure', () => {
  const failure = (more: Partial<Failure> = {}): Failure => ({
    action: 'retry',
    reason: 'transient_error',
    code: 'http_status',
    message: 'the partner answered 500',
    ...more,
  });

  it('waits twice as long each time, anywhere below', () => {
    const waits = [0, 1, 2, 5, 9].map((retries) =>
      afterFailure(failure(), { ...FRESH, retries, maxRetries: 10 }, NOW_MS, 0.5),
    );
    expect(waits).toEqual([500, 1000, 2000, 16_000, 30_000].map((ms) => ({ then: 'wait', ms })));
    expect(afterFailure(failure(), FRESH, NOW_MS, 0)).toEqual({ then: 'wait', ms: 0 });
  });

  it('asks for a new token once', () => {
    const refused = failure({ action: 'refresh_token_then_retry', code: 'auth' });
    expect(afterFailure(refused, FRESH, NOW_MS, 0)).toEqual({ then: 'refresh_token' });
    expect(afterFailure(refused, { ...FRESH, refreshed: true }, NOW_MS, 0)).toMatchObject({
      then: 'fail',
      error: { reason: 'config_error', code: 'auth' },
    });
  });

  it.each([
    ['records were given on', failure(), { ...FRESH, given: true }],
    ['there are no retries left', failure(), { ...FRESH, retries: 5 }],
    ['the rule says so', failure({ action: 'fail' }), FRESH],
    ['the wait is too long', failure({ action: 'rate_limited', headers: { 'retry-after': '301' } }), FRESH],
  ])('fails where %s', (_, failed, tries) => {
    expect(afterFailure(failed, tries, NOW_MS, 0)).toMatchObject({ then: 'fail' });
  });

  it('of the network tells slowness from the rest', () => {
    const timeout = Object.assign(new Error('slow'), { code: 'UND_ERR_BODY_TIMEOUT' });
    expect(networkFailure(timeout, 'before it answered')).toMatchObject({ action: 'retry', code: 'timeout' });
    const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    expect(networkFailure(reset, 'before it answered')).toMatchObject({ action: 'retry', code: 'network' });
    expect(new PageFailure(networkFailure('x', 'before it answered')).message).toContain(
      'before it answered',
    );
  });
});
