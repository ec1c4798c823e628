import { instantFromMs } from '#libs/events';
import { DecodeError } from '../decoding/decode-error.js';
import { decodeContentEncoding } from '../decoding/decompress.js';
import { describeAnswer } from '../errors/describe-answer.js';
import type { ErrorRules, Judgement } from '../errors/error-rules.js';
import { PageFailure, type Failure } from '../errors/failure.js';
import { networkFailure } from '../errors/network-failure.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.js';
import type { RecordBatch } from '../slices.js';
import type { ArrivingAnswer } from './arriving-answer.js';
import { readSmallDocument } from './small-body.js';

/**
 * Records of a body, in batches, and at last the answer without its records. An array of records stands in it as an
 * empty one. @throws DecodeError
 */
export type DecodePage = (
  body: AsyncIterable<Uint8Array>,
  contentType?: string,
) => AsyncGenerator<JsonValue[], JsonValue>;

/** How the answers of a stream are read. */
export interface AnswerReading {
  rules: ErrorRules;
  /** Its type, for messages. */
  decoder: string;
  decode: DecodePage;
  /** The selector's filter. */
  filter: (record: JsonObject) => boolean;
}

/** What happens with an answer. */
export interface AnswerContext {
  /** Of the slice, from 1. */
  page: number;
  hasToken: boolean;
  /** Epoch milliseconds at which the answer began. */
  receivedMs: number;
  /** Gets every raw record, before the filter. */
  onRecord: (record: JsonValue) => void;
}

/** An answer that was read whole. */
export interface AnswerRead {
  envelope: JsonValue;
  /** Raw records. */
  read: number;
  selected: number;
}

const NO_RECORDS: AnswerRead = { envelope: null, read: 0, selected: 0 };

/**
 * Reads one answer: judges it by its status, decodes it and gives its records on, judges it by what else it says. A
 * batch is given on when the next has been decoded, so that of an answer with a single batch nothing goes out before
 * all of it was understood.
 * @throws PageFailure; what the decoder throws besides DecodeError
 */
export async function* readAnswer(
  answer: ArrivingAnswer,
  reading: AnswerReading,
  context: AnswerContext,
): AsyncGenerator<RecordBatch, AnswerRead> {
  const told = { status: answer.status, headers: answer.headers };
  const judge = (document?: JsonValue) =>
    reading.rules.judge(document === undefined ? told : { ...told, document }, context.hasToken);
  try {
    const isError = answer.status < 200 || answer.status > 299;
    const first = isError ? await judgeError(answer, judge) : judge();
    if (isEmpty(first)) return NO_RECORDS;
    if (first === 'read_body' && reading.decoder !== 'json' && isJson(told.headers['content-type'])) {
      if (isEmpty(judge(await readSmallDocument(answer)))) return NO_RECORDS;
      throw new DecodeError('its Content-Type says that it is JSON');
    }
    const page = yield* decodeRecords(answer, reading, context, first === 'read_body' ? judge : () => 'good');
    return page;
  } catch (error) {
    if (error instanceof PageFailure) throw error;
    const broken = answer.broken();
    if (broken) throw new PageFailure(networkFailure(broken.cause, 'while its answer arrived'));
    if (!(error instanceof DecodeError)) throw error;
    if (error.envelope !== undefined && isEmpty(judge(error.envelope))) return NO_RECORDS;
    throw new PageFailure(decodeFailure(error, answer, reading.decoder));
  }
}

/**
 * What an error means. One that its status alone tells to be passing, as 429, is that whatever has become of its body; of
 * others a rule may have to know the body.
 * @throws what reading the body throws
 */
async function judgeError(
  answer: ArrivingAnswer,
  judge: (document: JsonValue) => Judgement,
): Promise<Judgement> {
  let document: JsonValue;
  try {
    document = await readSmallDocument(answer);
  } catch (error) {
    const byStatus = judge(null);
    if (typeof byStatus === 'object' && byStatus.action !== 'fail') return byStatus;
    throw error;
  }
  return judge(document);
}

/** @throws PageFailure where the judgement is one */
function isEmpty(judgement: Judgement): boolean {
  if (typeof judgement === 'object') throw new PageFailure(judgement);
  return judgement === 'empty';
}

async function* decodeRecords(
  answer: ArrivingAnswer,
  { decode, filter }: AnswerReading,
  { page, receivedMs, onRecord }: AnswerContext,
  judge: (envelope: JsonValue) => Judgement,
): AsyncGenerator<RecordBatch, AnswerRead> {
  const body = decodeContentEncoding(answer.body, answer.headers['content-encoding']);
  const batches = decode(body, answer.headers['content-type']);
  const receivedAt = instantFromMs(receivedMs);
  let read = 0;
  let selected = 0;
  let held: JsonObject[] = [];
  try {
    let next = await batches.next();
    for (; !next.done; next = await batches.next()) {
      if (held.length > 0) yield { page, records: held, receivedAt };
      for (const record of next.value) onRecord(record);
      read += next.value.length;
      held = next.value.map(asObject).filter(filter);
      selected += held.length;
    }
    if (isEmpty(judge(next.value))) return NO_RECORDS;
    if (held.length > 0) yield { page, records: held, receivedAt };
    return { envelope: next.value, read, selected };
  } finally {
    await batches.return(null);
  }
}

/** Records that are no objects, as the rows of a table, stand in the member `value` of one. */
function asObject(record: JsonValue): JsonObject {
  return isJsonObject(record) ? record : { value: record };
}

function isJson(contentType = ''): boolean {
  return /^[^;]*[/+]json\b/i.test(contentType);
}

function decodeFailure(error: DecodeError, answer: ArrivingAnswer, decoder: string): Failure {
  const { status, headers } = answer;
  if (error.envelope !== undefined) {
    const what = describeAnswer({ status, headers, document: error.envelope });
    return {
      action: 'fail',
      reason: 'config_error',
      code: 'record_path',
      message:
        `the partner answered ${what}, but ${error.message}; mend record_selector.path, ` +
        'or add a rule with body to error_handler.rules if this is how it tells of an error',
      status,
    };
  }
  return {
    action: 'retry',
    reason: 'system_error',
    code: 'decode',
    message: `the partner answered ${describeAnswer({ status, headers })}, which cannot be read as ${decoder}: ${error.message}`,
    status,
    cause: error,
  };
}
