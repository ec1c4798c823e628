import { serializeCanonicalEvent, type CanonicalEvent, type Rejection } from '#libs/events';
import { columns, count, strong } from '../print.js';
import type { TriedRecord, WouldBeRow } from './try-records.js';

/** Fields of an event that the definition says, or that say nothing to a person who looks at one record. */
const QUIET = new Set([
  'kind',
  'stream',
  'brand',
  'trust',
  'custom',
  'record',
  'sub_ids',
  'utm',
  'ad_click_ids',
]);
const NESTED = ['record', 'sub_ids', 'utm', 'ad_click_ids', 'custom'] as const;

/** A record, the events it is, and why it is none. */
export function recordText(
  number: number,
  { record, naturalKey, events, rejections, warnings }: TriedRecord,
): string {
  const head = strong(`record ${number}${naturalKey === undefined ? '' : ` · ${naturalKey}`}`);
  const none =
    events.length === 0 && rejections.length === 0 ? ['  no rule of the mapping fits: no event'] : [];
  return [
    head,
    indented(JSON.stringify(record, null, 2)),
    ...events.map(eventText),
    ...rejections.map((r) => `  ${strong('✗ rejected')} ${rejectionText(r)}`),
    ...warnings.map((r) => `  ! ${rejectionText(r)}`),
    ...(naturalKey === undefined
      ? ['  ! primary_key has no value here: the record is named by its hash']
      : []),
    ...none,
  ].join('\n');
}

/** `/data/payload/amount: must be a decimal; it is a text (invalid_field)`. */
export function rejectionText({ path, detail, reason }: Rejection): string {
  return `${path === '' ? '' : `${path}: `}${detail} (${reason})`;
}

function eventText(event: CanonicalEvent): string {
  const data = dataOf(event);
  const own = Object.entries(data).filter(([name, value]) => value !== undefined && !QUIET.has(name));
  const nested = NESTED.flatMap((name) =>
    Object.entries((data[name] ?? {}) as Record<string, unknown>).map(
      ([key, value]) => [`${name}.${key}`, value] as const,
    ),
  );
  return `  ${strong(`→ ${event.kind}`)}\n${indented(pairs([...own, ...nested]), 4)}`;
}

/** Fields of an event as its topic has them. */
export function dataOf(event: CanonicalEvent): Record<string, unknown> {
  return (JSON.parse(serializeCanonicalEvent(event)) as { data: Record<string, unknown> }).data;
}

/** A row, without what is null or empty, and without which source told what: there is one. */
export function rowText({ table, row }: WouldBeRow): string {
  const there = Object.entries(row).filter(([name, value]) => name !== 'provenance' && !isNothing(value));
  return `${strong(`row of ${table}`)}\n${indented(pairs(there))}`;
}

/** What the reading came to: `12 records: 10 payout, 2 reversal; 1 rejected (invalid_field 1)`. */
export function summaryText(tried: readonly TriedRecord[]): string {
  const kinds = countBy(tried.flatMap((t) => t.events.map((e) => e.kind)));
  const reasons = countBy(tried.flatMap((t) => t.rejections.slice(0, 1).map((r) => r.reason)));
  const rejected = tried.filter((t) => t.rejections.length > 0).length;
  const silent = tried.filter((t) => t.events.length === 0 && t.rejections.length === 0).length;
  const parts = [
    kinds === '' ? 'no event' : kinds,
    ...(rejected > 0 ? [`${count(rejected)} rejected (${reasons})`] : []),
    ...(silent > 0 ? [`${count(silent)} that no rule fits`] : []),
  ];
  return `${countOf(tried.length, 'record')}: ${parts.join('; ')}`;
}

/** `1 record`, `2 records`. */
export function countOf(n: number, what: string): string {
  return `${count(n)} ${what}${n === 1 ? '' : 's'}`;
}

/** `8 payout, 2 reversal`, the most first. */
function countBy(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, n]) => `${count(n)} ${name}`)
    .join(', ');
}

function pairs(entries: readonly (readonly [string, unknown])[]): string {
  return columns(
    ['', ''],
    entries.map(([name, value]) => [name, typeof value === 'string' ? value : valueText(value)]),
    'll',
  )
    .split('\n')
    .filter((line) => line.trim() !== '')
    .join('\n');
}

function valueText(value: unknown): string {
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value, bigintText);
}

/** Of JSON: whole numbers beyond 2^53 as text. */
export function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function isNothing(value: unknown): boolean {
  return (
    value === null ||
    value === undefined ||
    value === '' ||
    (typeof value === 'object' && Object.keys(value).length === 0)
  );
}

/** Every line further to the right. */
export function indented(text: string, by = 2): string {
  return text.replaceAll(/^/gm, ' '.repeat(by));
}
