import type { DeadLetterReason, Rejection } from './dead-letter.js';
import * as rule from './field-rules.js';

/** A CloudEvent of the type that was asked for. Its attributes are not checked yet. */
export interface OpenEnvelope {
  envelope: Record<string, unknown>;
  data: Record<string, unknown>;
}

/**
 * Opens the value of a record.
 * @param value JSON; `null` is a tombstone, which is no event
 */
export function openEnvelope(value: string | null, type: string): OpenEnvelope | Rejection {
  if (value === null) return reject('invalid_json', '', 'must have a value');
  let envelope: unknown;
  try {
    envelope = JSON.parse(value);
  } catch {
    return reject('invalid_json', '', 'must be JSON'); // the parser's own message quotes the value
  }
  if (!rule.isObject(envelope)) return reject('invalid_envelope', '', 'must be an object');
  const { specversion, data } = envelope;
  if (specversion !== '1.0') return reject('invalid_envelope', '/specversion', 'must be "1.0"');
  if (envelope['type'] !== type) return reject('invalid_envelope', '/type', `must be "${type}"`);
  if (!rule.isObject(data)) return reject('invalid_envelope', '/data', 'must be an object');
  return { envelope, data };
}

/** Attributes of every event's envelope; others are extensions, as tracing adds them, and ignored. */
export function envelopeMembers(source: rule.Rule): rule.Members {
  return rule.members(
    {
      specversion: rule.anything,
      id: rule.hash,
      source,
      type: rule.anything,
      subject: rule.naturalKey,
      time: rule.instant,
      data: rule.anything,
    },
    ['id', 'source', 'subject', 'time'],
    rule.extensionAttribute,
  );
}

/** Metadata of a browser's call; what is not known is stored as well. */
export const CLIENT = rule.object(
  rule.members(
    { ip: rule.ip, user_agent: rule.text, referrer: rule.text, language: rule.text },
    [],
    rule.stored,
  ),
);

/** Where a visitor came from: maps whose names are a closed set. */
export const TRAFFIC = {
  sub_ids: rule.map(/^sub(?:[1-9]|10)$/, rule.text),
  utm: rule.map(/^(?:source|medium|campaign|term|content)$/, rule.text),
  ad_click_ids: rule.map(/^[a-z_][a-z0-9_]{0,31}$/, rule.text),
};

export function reject(reason: DeadLetterReason, path: string, detail: string): Rejection {
  return { kind: 'dead_letter', reason, path, detail };
}
