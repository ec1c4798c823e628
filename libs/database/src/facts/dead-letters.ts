import type { DeadLetter } from '#libs/events';
import { defineInsert } from '../set-statement.js';

/** Bytes as `bytea` reads them from text; a NUL, which no text column takes, is no trouble so. */
const bytes = (text: string): string => `\\x${Buffer.from(text).toString('hex')}`;

/** A path may lead to a member that a partner named; no text column takes a NUL. */
const storable = (text: string): string => text.replaceAll('\0', '\ufffd');

/** Adds dead letters; one that is there stays as it is. Distinct and sorted by `dead_letter_id`. */
export const insertDeadLetters = defineInsert<DeadLetter>(
  'dead_letters',
  {
    dead_letter_id: { type: 'text', of: (d) => d.dead_letter_id },
    reason: { type: 'text', of: (d) => d.reason },
    path: { type: 'text', of: (d) => storable(d.path) },
    detail: { type: 'text', of: (d) => storable(d.detail) },
    source: { type: 'text', of: (d) => d.source ?? null },
    receipt_id: { type: 'text', of: (d) => d.receipt_id ?? null },
    event_id: { type: 'text', of: (d) => d.event_id ?? null },
    topic: { type: 'text', of: (d) => d.topic },
    partition: { type: 'integer', of: (d) => d.partition },
    record_offset: { type: 'bigint', of: (d) => d.offset },
    record_key: { type: 'text', cast: 'bytea', of: (d) => bytes(d.key) },
    original: { type: 'text', cast: 'bytea', of: (d) => bytes(d.original) },
    original_truncated: { type: 'boolean', of: (d) => d.original_truncated === true },
    app: { type: 'text', of: (d) => d.app },
    app_version: { type: 'text', of: (d) => d.app_version },
    failed_at: { type: 'timestamptz', of: (d) => d.failed_at },
  },
  'ON CONFLICT (dead_letter_id) DO NOTHING',
);
