import type { Pool } from 'pg';
import { normalize, type RecordMappings } from '#apps/normalizer';
import { readReceipt, type ReceiptAnswer } from '#apps/console';
import type { Database } from '#libs/database';
import type { EventLog } from '#libs/event-log';
import { kindOfValue } from '#libs/sources';
import { Topic, isReceiptId, isRecordEvent, parseRawEvent, type CanonicalEvent } from '#libs/events';

/** An accepted call and what was made of it. */
export interface Call {
  receipt: ReceiptAnswer;
  /** Null until it has been read. */
  brand: string | null;
  kind: string | null;
  source: string | null;
  raw: RawEventFound | null;
  /** The canonical events that the raw event makes; empty where it is no longer kept. */
  events: CanonicalEvent[];
}

/** Where the raw event stands, and the event while the log keeps it. */
export interface RawEventFound {
  topic: string;
  partition: number;
  /** Decimal string. */
  offset: string;
  record: unknown;
}

interface ReceiptRow {
  brand: string;
  kind: string;
  source: string;
  raw_position: string | null;
}

/** What calls are read with. */
export interface CallWorld {
  database: Database;
  eventLog: EventLog;
  /** Of the sources that partners' calls are records of; read when one is met. */
  mappings: () => RecordMappings;
}

/** The calls of the receipts, the earliest first. */
export async function readCalls(world: CallWorld, receiptIds: Iterable<string>): Promise<Call[]> {
  const calls: Call[] = [];
  for (const id of receiptIds) if (isReceiptId(id)) calls.push(await readCall(world, id));
  const orderOf = ({ receipt }: Call): string => `${receipt.received_at} ${receipt.receipt_id}`;
  return calls.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

async function readCall(world: CallWorld, receiptId: string): Promise<Call> {
  const { database } = world;
  const receipt = await readReceipt(database, receiptId);
  const row = await readRow(database.pool, receiptId);
  const read = row?.raw_position == null ? undefined : await readRaw(world, row.raw_position);
  return {
    receipt,
    brand: row?.brand ?? null,
    kind: row?.kind ?? null,
    source: row?.source ?? null,
    raw: read?.raw ?? null,
    events: read?.events ?? [],
  };
}

async function readRow(pool: Pool, receiptId: string): Promise<ReceiptRow | undefined> {
  const found = await pool.query<ReceiptRow>(
    'SELECT brand, kind, source, raw_position FROM tributary.receipts WHERE receipt_id = $1',
    [receiptId],
  );
  return found.rows[0];
}

async function readRaw(
  { eventLog, mappings }: CallWorld,
  position: string,
): Promise<{ raw: RawEventFound; events: CanonicalEvent[] }> {
  const [partition = '', offset = ''] = position.split('/');
  const at = { topic: Topic.rawEvents, partition: Number(partition), offset };
  const record = await eventLog.read(Topic.rawEvents, { partition: at.partition, offset: BigInt(offset) });
  if (!record) return { raw: { ...at, record: null }, events: [] };
  const parsed = parseRawEvent(record.value);
  const told = JSON.parse(record.value ?? 'null') as unknown;
  if (!('kind' in parsed) && isRecordEvent(parsed)) {
    // Only its source's definition knows what in it is of a person: that tells it, and the record only its form
    const mapped = mappings().map(parsed, position);
    const data = { ...(told as { data: object }).data, payload: kindsIn(parsed.payload) };
    return {
      raw: { ...at, record: { ...(told as object), data } },
      events: 'events' in mapped ? mapped.events.map(withoutPersonalFields) : [],
    };
  }
  const events = 'kind' in parsed ? [] : normalize(parsed, position);
  return { raw: { ...at, record: withoutPersonalData(told) }, events: events.map(withoutPersonalFields) };
}

/** A record with kinds in the place of its values. */
function kindsIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(kindsIn);
  if (value === null || typeof value !== 'object') return kindOfValue(value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, kindsIn(member)]));
}

/** Of a thing of the partner's, as a player's record, ids and times are told and not the record. */
function withoutPersonalFields(event: CanonicalEvent): CanonicalEvent {
  return withoutPersonalData({ ...event, ...('record' in event && { record: undefined }) }) as CanonicalEvent;
}

/** What an event may say of a person beyond ids: address and browser, the page it came from, fields of one's own. */
const PERSONAL = new Set(['client', 'referrer', 'custom']);

/** The value without such members, at every level. */
function withoutPersonalData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPersonalData);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !PERSONAL.has(name))
      .map(([name, member]) => [name, withoutPersonalData(member)]),
  );
}
