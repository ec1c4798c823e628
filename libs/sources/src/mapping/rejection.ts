import type { DeadLetterReason, Rejection } from '#libs/events';
import type { JsonValue } from '../json.js';
import { kindOfValue } from './value-kind.js';

/** Where a rule is broken. */
export interface Breach {
  /** What of the mapping, or of the schema. */
  what: string;
  /** JSON pointer into the raw event's value. */
  pointer: string;
  /** What stands there: only its kind is told. */
  given: JsonValue | undefined;
  /** Whether anything was to be read: a constant has no kind to tell. */
  isRead: boolean;
}

/** Why a record makes no events: the place, the rule, and the kind of value that is there. */
export function rejectionOf(
  detail: string,
  { what, pointer, given, isRead }: Breach,
  reason: DeadLetterReason = 'invalid_field',
): Rejection {
  const kind = isRead ? `; it is ${kindOfValue(given)}` : '';
  return { kind: 'dead_letter', reason, path: pointer, detail: `${what} ${detail}${kind}` };
}
