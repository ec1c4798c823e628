import type { Pool } from 'pg';
import type { Identity } from '#libs/database';
import { conversionIdsOfClick } from './clicks.js';
import type { ToldTouch } from './touch-story.js';
import type { TransactionStory } from './transaction-story.js';

/** What an id stands for; several at once where it happens to be several things. */
export interface Subject {
  /** In words, for people. */
  foundAs: string[];
  receiptIds: Set<string>;
  clicks: Map<string, { brand: string; id: string }>;
  /** Players, users and clients. */
  people: Identity[];
  /** Touches that are no clicks of ours. */
  touches: ToldTouch[];
  /** Rows of `transactions`. */
  transactions: TransactionStory[];
  conversionIds: Set<string>;
  deadLetterIds: Set<string>;
}

/** Says what was found, once. */
export function addFound(subject: Subject, what: string): void {
  if (!subject.foundAs.includes(what)) subject.foundAs.push(what);
}

/** A click and the conversions that name it. */
export async function addClick(
  pool: Pool,
  click: { brand: string; id: string },
  subject: Subject,
): Promise<void> {
  subject.clicks.set(`${click.brand}\0${click.id}`, click);
  for (const conversion of await conversionIdsOfClick(pool, click)) subject.conversionIds.add(conversion);
}

/** Touches; one that is of a click stands for that click. */
export async function addTouches(pool: Pool, touches: readonly ToldTouch[], subject: Subject): Promise<void> {
  for (const touch of touches) {
    if (touch.click_id !== null) {
      await addClick(pool, { brand: touch.brand, id: touch.click_id }, subject);
      if (touch.click_id === touch.touch_id) continue;
    }
    addFound(subject, `a touch of ${touch.brand}`);
    subject.touches.push(touch);
  }
}
