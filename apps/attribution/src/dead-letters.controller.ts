import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { compareBytes, insertDeadLetters } from '#libs/database';
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
      else
        this.platform.logger.error(
          { partition: batch.partition },
          'a record on dead-letters is no dead letter; it stays in the topic',
        );
    }
    const sorted = [...letters.values()].sort((a, b) => compareBytes(a.dead_letter_id, b.dead_letter_id));
    if (sorted.length === 0) return;
    await retryTransient(() => databaseOf(this.platform).pool.query(insertDeadLetters(sorted)));
  }
}

function parseDeadLetter(value: string | null): DeadLetter | undefined {
  try {
    const event = JSON.parse(value ?? '') as CloudEvent<typeof EventType.deadLetter, DeadLetter>;
    return event?.type === EventType.deadLetter ? event.data : undefined;
  } catch {
    return undefined; // not ours: the caller says so
  }
}
