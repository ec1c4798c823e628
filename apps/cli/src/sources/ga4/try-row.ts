import type { Instant } from '#libs/events';
import type { CompiledGa4, Ga4Row, Shard } from '#libs/ga4';
import type { JsonObject } from '#libs/sources';
import { shortRow } from './short-row.js';
import type { TriedRecord } from '../try-records.js';

/** Maps rows of a shard as the normalizer would; nothing is stored. A row is shown by the paths that mappings use. */
export function compileRowTrial(
  compiled: CompiledGa4,
): (row: Ga4Row, shard: Shard, receivedAt: Instant) => TriedRecord {
  return (row, shard, receivedAt) => {
    const { event } = compiled.write(row, shard, receivedAt);
    const mapped = compiled.map(event.payload as JsonObject, event);
    return { record: shortRow(row), naturalKey: event.natural_key, ...mapped };
  };
}
