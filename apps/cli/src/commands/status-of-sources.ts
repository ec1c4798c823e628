import type { Status } from '#apps/console';
import { columns, count, strong } from '../print.js';

type Sources = Status['sources'];
type Stream = Sources['streams'][number];

/** The streams of partners, backfills and refused definitions as people read them; none where there are no sources. */
export function sourceTables({ streams, backfills, refused }: Sources): string[] {
  return [
    ...(streams.length > 0 ? [streamTable(streams)] : []),
    ...(backfills.length > 0 ? [backfillTable(backfills)] : []),
    ...(refused.length > 0 ? [refusedList(refused)] : []),
  ];
}

function streamTable(streams: readonly Stream[]): string {
  const rows = streams.map((s) => [
    `${s.source}/${s.stream}`,
    s.watermark_lag_seconds === null ? '–' : duration(s.watermark_lag_seconds),
    s.last_window ? `${s.last_window.kind} ${shortSlice(s.last_window.slice)}` : '–',
    s.last_window ? count(s.last_window.rows) : '–',
    stateOf(s),
  ]);
  const failing = streams.filter((s) => s.error !== null);
  const reasons = failing.map((s) => `  ${s.source}/${s.stream}: ${s.error_code}: ${s.error}`);
  return [columns(['Streams', 'behind', 'last window', 'rows', ''], rows, 'lrlrl'), ...reasons].join('\n');
}

function stateOf(s: Stream): string {
  if (s.paused) return 'paused';
  if (!s.defined) return 'no definition';
  if (s.failures > 0) return `failed ${count(s.failures)}×, next ${clock(s.next_attempt_at)}`;
  return s.last_window?.outcome ?? (s.last_succeeded_at === null ? 'not read yet' : 'pulling');
}

function backfillTable(backfills: Sources['backfills']): string {
  const rows = backfills.map((b) => [
    `${b.id} ${b.source}/${b.stream}`,
    `${shortSlice(`${b.from}/${b.to}`)}`,
    `${percentOf(b)} %`,
    count(b.rows),
    b.paused
      ? 'waits: the stream is paused'
      : b.error_code === null
        ? b.status
        : `${b.status}: ${b.error_code}`,
  ]);
  return columns(['Backfills', 'of', 'done', 'rows', ''], rows, 'llrrl');
}

function refusedList(refused: Sources['refused']): string {
  const lines = refused.flatMap(({ file, problems }) => [
    `  ${file}`,
    ...problems.map((p) => `    ${p.startsWith(`${file}:`) ? p.slice(file.length + 1) : p}`),
  ]);
  return [strong('Definitions that are not used'), ...lines].join('\n');
}

function percentOf({ from, to, position }: Sources['backfills'][number]): number {
  const [start, end, at] = [from, to, position].map((instant) => Date.parse(instant)) as [
    number,
    number,
    number,
  ];
  return Math.floor(((at - start) / (end - start)) * 100);
}

/** `2026-11-21T10:00:00.000000Z/…` without seconds and what both ends share. */
function shortSlice(slice: string): string {
  const ends = /^(\S{10})T(\S{5})\S*\/(\S{10})T(\S{5})\S*$/.exec(slice);
  if (!ends) return slice.length > 40 ? `${slice.slice(0, 39)}…` : slice;
  const [, fromDay, from, toDay, to] = ends;
  return fromDay === toDay ? `${fromDay} ${from} – ${to}` : `${fromDay} ${from} – ${toDay} ${to}`;
}

function duration(seconds: number): string {
  if (seconds < 120) return `${count(Math.max(0, seconds))} s`;
  if (seconds < 2 * 3_600) return `${count(Math.floor(seconds / 60))} min`;
  if (seconds < 48 * 3_600) return `${count(Math.floor(seconds / 3_600))} h`;
  return `${count(Math.floor(seconds / 86_400))} d`;
}

function clock(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ');
}
