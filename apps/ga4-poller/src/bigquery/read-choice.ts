import type { ReadPlan } from '../export.js';

/** What on-demand queries cost: US dollars for a TiB, of which the first in a month is free
 * (https://cloud.google.com/bigquery/pricing; most regions cost more than the US, so this is a floor). */
export const USD_PER_TIB = 6.25;
const TIB = 2 ** 40;
/** However little a query reads, it is billed for 10 MB, and for whole MB (same page). */
const MINIMUM_BYTES = 10 * 2 ** 20;
const MIB = 2 ** 20;

/**
 * The largest table that a free table read takes instead of a query: as every row and byte of it comes over the wire, in
 * pages of at most some MB and one after the other, this is about a minute's work.
 */
export const LISTED_BYTES = 256 * MIB;

/** What is known of a shard, and what the definition asks for. */
export interface ReadQuestion {
  read: 'auto' | 'query' | 'list';
  maxBytesBilled: number;
  /** Of the whole table; undefined where it is not known. */
  tableBytes: number | undefined;
  /** Whether rows are being streamed into it, which a table read need not show at once. */
  isStreaming: boolean;
}

/** What a query that processes so many bytes is billed for. */
export function billedBytes(processed: number): number {
  return Math.max(MINIMUM_BYTES, Math.ceil(processed / MIB) * MIB);
}

/** Whether the choice rests on what a query would cost: then a dry run has to say it. */
export function needsDryRun({ read, tableBytes, isStreaming }: ReadQuestion): boolean {
  if (read !== 'auto') return read === 'query';
  return isStreaming || tableBytes === undefined || tableBytes > LISTED_BYTES;
}

/**
 * How a shard is read. A table read is free, a query costs its columns' bytes and is quicker where the table is large:
 * small tables are listed, others queried, unless that is over the limit.
 * @param processed what the dry run says; where `needsDryRun`
 */
export function chooseRead(question: ReadQuestion, processed: number | undefined): ReadPlan {
  const { read, maxBytesBilled, tableBytes, isStreaming } = question;
  const table = tableBytes === undefined ? 'a table of unknown size' : `a table of ${sizeText(tableBytes)}`;
  if (read === 'list') return { way: 'list', why: `the definition says so; ${table}, free` };
  if (processed === undefined) return { way: 'list', why: `${table} is read soon enough, free` };
  const bytes = billedBytes(processed);
  const bill = `a query bills ${sizeText(bytes)} (${usdText(bytes)})`;
  if (read === 'query') return { way: 'query', why: `the definition says so; ${bill}`, bytes };
  if (bytes > maxBytesBilled) {
    return {
      way: 'list',
      why: `${bill}, more than max_bytes_billed ${sizeText(maxBytesBilled)}; ${table}, free`,
    };
  }
  const why = isStreaming ? 'rows are being streamed into it' : `${table} takes long to read`;
  return { way: 'query', why: `${why}; ${bill}`, bytes };
}

/** US dollars at the price of on-demand queries, beyond what is free. */
export function usdOf(bytes: number): number {
  return (bytes / TIB) * USD_PER_TIB;
}

function usdText(bytes: number): string {
  const usd = usdOf(bytes);
  return usd < 0.01 ? 'under 0.01 USD' : `about ${usd.toFixed(2)} USD`;
}

function sizeText(bytes: number): string {
  return bytes < 10 * MIB ? `${(bytes / MIB).toFixed(1)} MiB` : `${Math.round(bytes / MIB)} MiB`;
}
