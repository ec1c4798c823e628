import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { compareBytes, insertDeadLetters, isDataError } from '#libs/database';
import type { RecordBatch } from '#libs/event-log';
import { EventType, Group, Topic, type CloudEvent, type DeadLetter } from '#libs/events';
import { PLATFORM, type Subscription } from '#libs/nest';
import { databaseOf, type Platform } from '#libs/runtime';
import { retryTransient } from './retry-transient.js';

/** Keeps dead letters in a table, where people can look at them. */
@Controller()
export class DeadLettersController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  @EventPattern(Topic.deadLetters, { group: Group.deadLetterStore } satisfies Subscription)
  async storeBatch(@Payload() batch: RecordBatch): Promise<void> {
    const letters = new Map<string, DeadLetter>();
    for (const { value } of batch.records) {
      const letter = parseDeadLetter(value);
      if (letter) letters.set(letter.dead_letter_id, letter);
      else this.passOver(batch);
    }
    const sorted = [...letters.values()].sort((a, b) => compareBytes(a.dead_letter_id, b.dead_letter_id));
    await this.store(sorted, batch);
  }

  /** One that PostgreSQL refuses is found by halving: a dead letter has nowhere else to go, and keeps nobody waiting. */
  private async store(letters: readonly DeadLetter[], batch: RecordBatch): Promise<void> {
    if (letters.length === 0) return;
    try {
      await retryTransient(() => databaseOf(this.platform).pool.query(insertDeadLetters(letters)));
    } catch (error) {
      if (!isDataError(error)) throw error;
      if (letters.length === 1) return this.passOver(batch);
      const half = Math.ceil(letters.length / 2);
      await this.store(letters.slice(0, half), batch);
      await this.store(letters.slice(half), batch);
    }
  }

  private passOver({ partition }: RecordBatch): void {
    this.platform.logger.error(
      { partition },
      'a record on dead-letters is no dead letter; it stays in the topic',
    );
  }
}

function parseDeadLetter(value: string | null): DeadLetter | undefined {
  try {
    const event = JSON.parse(value ?? '') as CloudEvent<typeof EventType.deadLetter, DeadLetter>;
    return event?.type === EventType.deadLetter && isDeadLetter(event.data) ? event.data : undefined;
  } catch {
    return undefined; // not ours: the caller says so
  }
}

const TEXTS = [
  ...(['dead_letter_id', 'reason', 'path', 'detail', 'topic', 'offset', 'key', 'original', 'app'] as const),
  ...(['app_version', 'failed_at'] as const),
];

/** Whether it has what the table asks for. */
function isDeadLetter(data: DeadLetter | undefined): boolean {
  return TEXTS.every((name) => typeof data?.[name] === 'string') && Number.isInteger(data?.partition);
}
