import {
  canonicalJson,
  eventId,
  hashParts,
  isConversion,
  writeRawEvent,
  type ConversionEvent,
  type Instant,
  type RecordEvent,
  type Rejection,
} from '#libs/events';
import {
  GA4_STREAM,
  kindOfValue,
  type Ga4SourceDefinition,
  type JsonObject,
  type Mapped,
  type Told,
} from '#libs/sources';
import { compileConversions } from './configured-conversions.js';
import { eventsOfRow, isOfInterest, mayConvert, type RowRules } from './events-of-row.js';
import { readRow } from './read-row.js';
import { retractionOf, type ToldConversion } from './retraction.js';
import { rowKey } from './row-key.js';
import { selectColumns, type Ga4Row } from './row.js';
import { parseShard, shardVersion, writeShard, type Shard } from './shard.js';
import { structOf } from './values.js';
import { Visit } from './visit.js';

/** A raw event as it goes into the log. */
export interface WrittenRecord {
  event: RecordEvent;
  /** On `raw-events`; the members of its payload are sorted. */
  value: string;
}

/** A row as it goes into the log. */
export interface WrittenRow extends WrittenRecord {
  /** The conversions that it is; one row may be several by configuration. */
  conversions: readonly ToldConversion[];
}

/** A source of GA4 rows as functions. None of them throws because of a row. */
export interface CompiledGa4 {
  /** Whether the row says anything: others are not worth a place in the log. */
  isRelevant: (row: Ga4Row) => boolean;
  /** The raw event of a row of a shard; the same row of the same version of a shard gives the same id. */
  write: (row: Ga4Row, shard: Shard, receivedAt: Instant) => WrittenRow;
  /** The raw event of a conversion that is no longer in a shard. @param shard the version without it */
  writeAbsent: (absent: ToldConversion, shard: Shard, receivedAt: Instant) => WrittenRecord;
  /**
   * The canonical events of a record that `write` or `writeAbsent` made; every one is what `parseCanonicalEvent` takes.
   * @param rawPosition where the raw event stands on `raw-events`: `partition/offset`
   */
  map: (payload: JsonObject, raw: RecordEvent, rawPosition?: string) => Mapped;
  /** What `map` makes of a record, only to be counted. */
  tell: (payload: JsonObject, raw: RecordEvent) => Told;
}

/**
 * Compiles a source of GA4 rows once.
 * @param source a definition that `parseSource` has taken
 * @throws PathError, SyntaxError, TypeError where the definition was not checked
 */
export function compileGa4(
  source: Pick<Ga4SourceDefinition, 'name' | 'brand' | 'property' | 'conversions'>,
): CompiledGa4 {
  const rules: RowRules = {
    property: source.property,
    conversions: compileConversions(source),
  };
  const record = (
    naturalKey: string,
    payload: JsonObject,
    shard: Shard,
    receivedAt: Instant,
  ): WrittenRecord => {
    const { name, brand } = source;
    const json = canonicalJson(payload);
    const version = shardVersion(shard);
    const event: RecordEvent = {
      event_id: eventId({ brand, source: name, stream: GA4_STREAM, naturalKey, version, payload: json }),
      source: name,
      stream: GA4_STREAM,
      brand,
      natural_key: naturalKey,
      received_at: receivedAt,
      payload,
    };
    return { event, value: writeRawEvent(event, json) };
  };
  const map = (payload: JsonObject, raw: RecordEvent, rawPosition: string | undefined): Mapped => {
    const shard = parseShard(payload['shard']);
    if (!shard)
      return rejected('/shard', 'must be the day, kind and last change of a shard', payload['shard']);
    const absent = structOf(payload['absent']);
    if (absent) {
      const { modifiedAt } = shard;
      const made = retractionOf(absent, { version: shardVersion(shard), modifiedAt }, raw, rawPosition);
      return made.kind === 'dead_letter'
        ? { events: [], rejections: [made], warnings: [] }
        : { events: [made], rejections: [], warnings: [] };
    }
    const row = structOf(payload['row']);
    if (!row) return rejected('/row', 'must be a row of the export', payload['row']);
    const read = readRow(row);
    if ('kind' in read) return { events: [], rejections: [read], warnings: [] };
    const telling = {
      raw,
      rawPosition,
      isDaily: shard.kind === 'daily',
      version: shardVersion(shard),
      directVersion: shardVersion(shard, true),
    };
    return eventsOfRow(rules, telling, new Visit(read));
  };
  return {
    isRelevant: (row) => {
      const read = readRow(row);
      return 'kind' in read || isOfInterest(rules, new Visit(read));
    },
    write: (row, shard, receivedAt) => {
      const selected = selectColumns(row);
      const read = readRow(selected);
      const payload = { shard: writeShard(shard), row: selected };
      // A row that cannot be understood is named by itself, and becomes a dead letter where it is mapped
      const key =
        'kind' in read
          ? `ga4/${source.property}/${hashParts([canonicalJson(selected)]).slice(0, 32)}`
          : rowKey(source.property, read);
      const written = record(key, payload, shard, receivedAt);
      if ('kind' in read || !mayConvert(rules, new Visit(read))) return { ...written, conversions: NONE };
      const { events } = map(payload, written.event, undefined);
      return { ...written, conversions: events.filter(isConversion).map(toldConversion) };
    },
    writeAbsent: (absent, shard, receivedAt) =>
      record(absent.natural_key, { shard: writeShard(shard), absent: { ...absent } }, shard, receivedAt),
    map,
    tell: (payload, raw) => {
      const { events, rejections } = map(payload, raw, undefined);
      return { events, rejected: rejections.length > 0 };
    },
  };
}

const NONE: readonly ToldConversion[] = [];

function toldConversion(event: ConversionEvent): ToldConversion {
  const told: ToldConversion = { natural_key: event.natural_key, kind: event.kind };
  if ('transaction_id' in event) told.transaction_id = event.transaction_id;
  if ('partner' in event) told.partner = event.partner;
  if (event.player_id !== undefined) told.player_id = event.player_id;
  if (event.click_id !== undefined) told.click_id = event.click_id;
  return told;
}

function rejected(path: string, rule: string, given: unknown): Mapped {
  const detail = `${path.slice(1)} ${rule}; it is ${kindOfValue(given)}`;
  const rejection: Rejection = {
    kind: 'dead_letter',
    reason: 'invalid_field',
    path: `/data/payload${path}`,
    detail,
  };
  return { events: [], rejections: [rejection], warnings: [] };
}
