import { instantToMs, parseInstant, type Instant } from '#libs/events';
import type { FieldError, FieldErrorCode } from './field-error.js';
import type { Params } from './params.js';

/** How far ahead of our clock a caller's may run, milliseconds. */
export const MAX_AHEAD_MS = 10 * 60 * 1000;

/** Largest id of somebody else's making, bytes of UTF-8. */
export const MAX_ID_BYTES = 128;

/** Largest sub id, UTM value or ad click id, bytes of UTF-8. */
export const MAX_LABEL_BYTES = 512;

/** Largest referrer, bytes of UTF-8. */
export const MAX_REFERRER_BYTES = 2_048;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const PLAIN = /^[\x20-\x7e]*$/;
// U+FFFD stands where the call's bytes were no UTF-8 (a lone surrogate among them): two different broken ids
// would become one.
const UNFIT = /[\p{Cc}\p{Cs}\ufffd]/u;
const UNENCODED_PLUS = /^(\d{4}-?\d{2}-?\d{2}[T ]\S+) (\d{2}(?::?\d{2})?)$/i;

/** A value that kept its rule, or the rule that it broke. */
export type Checked<T> = { ok: T } | { code: FieldErrorCode; message: string };

/** A UUID of any version, in lower case. */
export function checkUuid(text: string): Checked<string> {
  return UUID.test(text) ? { ok: text.toLowerCase() } : { code: 'invalid_uuid', message: 'must be a UUID' };
}

/** Text of somebody else's making in NFC, without control characters. */
export function checkText(text: string, maxBytes: number): Checked<string> {
  const plain = PLAIN.test(text);
  if (!plain && UNFIT.test(text)) {
    return { code: 'invalid_characters', message: 'must be UTF-8 without control characters' };
  }
  const normalized = plain ? text : text.normalize('NFC');
  const tooLong = plain ? text.length > maxBytes : Buffer.byteLength(normalized) > maxBytes;
  return tooLong ? { code: 'too_long', message: `must have at most ${maxBytes} bytes` } : { ok: normalized };
}

/**
 * When it happened, by the caller's word, in UTC. A space before a zone's offset is a `+` that was not
 * encoded in a query.
 * @param maxAgeMs how old it may be; undefined: any age
 */
export function checkTime(text: string, maxAgeMs: number | undefined, nowMs: number): Checked<Instant> {
  const instant = parseInstant(text.replace(UNENCODED_PLUS, '$1+$2'));
  if (instant === undefined) {
    return { code: 'invalid_time', message: 'must be ISO 8601, as 2026-11-21T10:00:00Z' };
  }
  const ms = instantToMs(instant);
  if (ms > nowMs + MAX_AHEAD_MS) {
    return { code: 'in_future', message: 'must not be more than 10 minutes ahead' };
  }
  if (maxAgeMs !== undefined && ms < nowMs - maxAgeMs) {
    return { code: 'too_old', message: 'is older than this brand takes' };
  }
  return { ok: instant };
}

/** Checks the fields of one call and gathers everything that is wrong with it. */
export class FieldChecks {
  readonly errors: FieldError[] = [];

  constructor(private readonly params: Params) {}

  /** The field's value by its rule; undefined where it is absent or wrong. */
  read<T>(field: string, rule: (text: string) => Checked<T>): T | undefined {
    if (!this.isReadable(field)) return undefined;
    const text = this.params.values.get(field);
    if (text === undefined) return undefined;
    const checked = rule(text);
    if ('ok' in checked) return checked.ok;
    this.add(field, checked.code, checked.message);
    return undefined;
  }

  /** As `read`; absence is an error too. */
  require<T>(field: string, rule: (text: string) => Checked<T>): T | undefined {
    if (!this.isPresent(field)) this.add(field, 'missing', 'is required');
    return this.read(field, rule);
  }

  /** As `read` for text of somebody else's making, where empty means absent. */
  readText(field: string, maxBytes: number): string | undefined {
    if (this.params.values.get(field) === '' && this.isReadable(field)) return undefined;
    return this.read(field, (text) => checkText(text, maxBytes));
  }

  isPresent(field: string): boolean {
    return this.params.values.has(field) || this.params.notText.has(field);
  }

  add(field: string, code: FieldErrorCode, message: string): void {
    this.errors.push({ field, code, message });
  }

  private isReadable(field: string): boolean {
    if (this.params.repeated.has(field)) {
      this.add(field, 'repeated', 'must be given once');
      return false;
    }
    if (this.params.notText.has(field)) {
      this.add(field, 'invalid_type', 'must be text');
      return false;
    }
    return true;
  }
}
