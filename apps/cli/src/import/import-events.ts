import type { FileHandle } from 'node:fs/promises';
import type { EventLog, LogRecord } from '#libs/event-log';
import { Topic, type Instant } from '#libs/events';
import { checkLine, type LineProblem } from './check-line.js';
import { readLines } from './read-lines.js';

/** A file of canonical events, one a line. */
export interface ImportFile {
  file: FileHandle;
  bytes: number;
}

/** A line that is no canonical event. */
export interface WrongLine extends LineProblem {
  /** From 1. */
  line: number;
}

/** How a file was found to be. */
export interface Checked {
  events: number;
  wrong: number;
}

/** @param doneBytes how much of the file has been read */
export type OnRead = (doneBytes: number) => void;

const CHUNK_BYTES = 64 * 1024;
const BATCH_RECORDS = 1_000;
const BATCH_CHARACTERS = 1024 * 1024;

/** Checks every line; publishes nothing. */
export async function checkEvents(
  { file }: ImportFile,
  receivedAt: Instant,
  onWrong: (wrong: WrongLine) => void,
  onRead: OnRead,
): Promise<Checked> {
  const checked: Checked = { events: 0, wrong: 0 };
  let bytes = 0;
  for await (const line of linesOf(file)) {
    const result = checkLine(line.bytes, receivedAt);
    onRead((bytes += line.bytes.length + 1));
    if (result === undefined) continue;
    if ('key' in result) {
      checked.events++;
    } else {
      checked.wrong++;
      onWrong({ line: line.number, ...result });
    }
  }
  return checked;
}

/**
 * Publishes every line that is an event, in the order of the file.
 * @returns how many the log has acknowledged
 * @throws PublishError, RecordTooLargeError: those before it are published; a further run does no harm
 */
export async function publishEvents(
  { file }: ImportFile,
  receivedAt: Instant,
  log: EventLog,
  onRead: OnRead,
): Promise<number> {
  let published = 0;
  let bytes = 0;
  let characters = 0;
  let batch: LogRecord[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    await log.publish(Topic.conversionEvents, batch);
    published += batch.length;
    batch = [];
    characters = 0;
    onRead(bytes);
  };
  for await (const line of linesOf(file)) {
    bytes += line.bytes.length + 1;
    const result = checkLine(line.bytes, receivedAt);
    if (result === undefined || !('key' in result)) continue;
    batch.push(result);
    characters += result.value!.length;
    if (batch.length >= BATCH_RECORDS || characters >= BATCH_CHARACTERS) await flush();
  }
  await flush();
  return published;
}

function linesOf(file: FileHandle): ReturnType<typeof readLines> {
  return readLines(chunksOf(file));
}

async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}
