import type { ErrorHandlerDefinition, ErrorRule } from '../definition.js';
import type { JsonValue } from '../json.js';
import { compileComparison } from '../mapping/condition.js';
import { compilePath } from '../path.js';
import { describeAnswer, shortText, type ToldAnswer } from './describe-answer.js';
import type { Failure } from './failure.js';
import type { FailureReason, SliceErrorCode } from './slice-error.js';
import { waitHeaderOf } from './stated-wait.js';

/** What an answer is: good, an empty page, a failure; `read_body`: a rule has to see the body first. */
export type Judgement = 'good' | 'empty' | 'read_body' | Failure;

/** How the answers of one stream are judged. */
export interface ErrorRules {
  maxRetries: number;
  /**
   * @param answer its document absent: not read yet; null: read, but no JSON
   * @param hasToken whether another token can be had
   */
  judge(answer: ToldAnswer, hasToken: boolean): Judgement;
}

const DEFAULT_MAX_RETRIES = 5;

/**
 * Reads the rules of a stream. The first rule that fits decides; behind them stand the defaults: 2xx is good, 204 an
 * empty page, 429 and 503 `rate_limited`, other 5xx and 408 `retry`, 401 `refresh_token_then_retry` where there is a
 * token, everything else `fail`.
 */
export function compileErrorRules(definition: ErrorHandlerDefinition = {}): ErrorRules {
  const rules = (definition.rules ?? []).map((rule, i) => ({
    rule,
    where: `error_handler.rules[${i}]`,
    readsBody: rule.body !== undefined,
    fitsBody: rule.body === undefined ? () => true : compileBodyTest(rule.body),
  }));
  return {
    maxRetries: definition.max_retries ?? DEFAULT_MAX_RETRIES,
    judge(answer, hasToken) {
      for (const { rule, where, readsBody, fitsBody } of rules) {
        if (rule.http && !rule.http.includes(answer.status)) continue;
        if (readsBody && answer.document === undefined) return 'read_body';
        if (fitsBody(answer.document)) return byRule(rule, where, answer);
      }
      return byDefault(answer, hasToken);
    },
  };
}

function compileBodyTest({ path, ...comparison }: NonNullable<ErrorRule['body']>) {
  const read = compilePath(path);
  const holds = compileComparison(Object.keys(comparison).length > 0 ? comparison : { exists: true });
  return (document: JsonValue | undefined) => holds(read(document));
}

function byRule(rule: ErrorRule, where: string, answer: ToldAnswer): Judgement {
  if (rule.action === 'empty') return 'empty';
  const isClientError = answer.status >= 400 && answer.status < 500;
  const told = rule.body && shortText(compilePath(rule.body.path)(answer.document ?? undefined));
  const said = rule.body ? ` with ${rule.body.path}${told === undefined ? '' : ` = ${told}`}` : '';
  return failureOf(answer, rule.action, {
    reason:
      rule.action === 'fail'
        ? (rule.failure_type ?? (isClientError ? 'config_error' : 'transient_error'))
        : 'transient_error',
    code: rule.action === 'rate_limited' ? 'rate_limited' : rule.body ? 'body_rule' : 'http_status',
    message: `the partner answered ${describeAnswer(answer)}${said}, which ${where} takes for ${rule.action}`,
    ...(rule.wait_header === undefined ? {} : { waitHeader: rule.wait_header }),
  });
}

function byDefault(answer: ToldAnswer, hasToken: boolean): Judgement {
  const { status } = answer;
  if (status === 204) return 'empty';
  if (status >= 200 && status < 300) return 'good';
  const fail = (code: SliceErrorCode, reason: FailureReason, advice: string) =>
    failureOf(answer, 'fail', {
      reason,
      code,
      message: `the partner answered ${describeAnswer(answer)}: ${advice}`,
    });
  if (status === 429 || status === 503) {
    const message = `the partner answered ${describeAnswer(answer)}`;
    const waitHeader = waitHeaderOf(status);
    return failureOf(answer, 'rate_limited', {
      ...{ reason: 'transient_error', code: 'rate_limited', message },
      ...(waitHeader !== undefined && { waitHeader }),
    });
  }
  if (status === 408 || status >= 500) {
    const message = `the partner answered ${describeAnswer(answer)}`;
    return failureOf(answer, 'retry', { reason: 'transient_error', code: 'http_status', message });
  }
  if (status === 401) {
    const advice = 'check authenticator and the secrets it names';
    const refused = fail('auth', 'config_error', advice);
    return hasToken ? { ...refused, action: 'refresh_token_then_retry' } : refused;
  }
  if (status === 403) return fail('auth', 'config_error', 'these credentials may not read requester.url');
  if (status < 400)
    return fail('http_status', 'config_error', 'redirects are not followed; mend requester.url');
  return fail('http_status', 'config_error', 'check requester, or add a rule to error_handler.rules');
}

function failureOf(
  { status, headers }: ToldAnswer,
  action: Failure['action'],
  rest: Omit<Failure, 'action' | 'status' | 'headers'>,
): Failure {
  return { action, status, headers, ...rest };
}
