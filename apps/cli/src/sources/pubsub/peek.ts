import { setTimeout as sleep } from 'node:timers/promises';
import type { protos } from '@google-cloud/pubsub';
import { instantFromMs } from '#libs/events';
import type { PubsubMessage } from '#libs/sources';
import type { SubscriptionAccess } from './found-subscription.js';

/** A message that was looked at. */
export interface Peeked {
  message: PubsubMessage;
  /** 0 where the subscription does not count. */
  attempt: number;
}

const AT_ONCE = 100;
const EMPTY_PULLS = 4;
const BETWEEN_MS = 300;
/** Acknowledgement ids of a call: together they must stay below 512 KiB. */
const IDS_AT_ONCE = 1_000;

/**
 * Looks at messages without acknowledging any: each is leased while this goes on, and given back at the end, whatever
 * happens, so that it comes again at once. It counts as a delivery.
 * @param limit at most so many messages
 */
export async function peek({ api, name }: SubscriptionAccess, limit: number): Promise<Peeked[]> {
  const ackIds: string[] = [];
  const peeked = new Map<string, Peeked>();
  try {
    for (let empty = 0; empty < EMPTY_PULLS && peeked.size < limit;) {
      const maxMessages = Math.min(AT_ONCE, limit - peeked.size);
      const [answer] = await api.pull({ subscription: name, maxMessages, returnImmediately: true });
      const received = answer.receivedMessages ?? [];
      for (const one of received) {
        ackIds.push(one.ackId!);
        const message = messageOf(one.message!);
        peeked.set(message.id, { message, attempt: one.deliveryAttempt ?? 0 });
      }
      empty = received.length > 0 ? 0 : empty + 1;
      if (received.length === 0) await sleep(BETWEEN_MS);
    }
  } finally {
    for (let at = 0; at < ackIds.length; at += IDS_AT_ONCE) {
      const some = ackIds.slice(at, at + IDS_AT_ONCE);
      await api.modifyAckDeadline({ subscription: name, ackIds: some, ackDeadlineSeconds: 0 });
    }
  }
  return [...peeked.values()];
}

function messageOf(told: protos.google.pubsub.v1.IPubsubMessage): PubsubMessage {
  const { seconds, nanos } = told.publishTime ?? {};
  const ms = Number(seconds ?? 0) * 1000 + Math.floor((nanos ?? 0) / 1e6);
  const micros = String(Math.floor((nanos ?? 0) / 1e3) % 1000).padStart(3, '0');
  return {
    id: told.messageId ?? '',
    data: Buffer.from((told.data ?? '') as Uint8Array),
    attributes: told.attributes ?? {},
    publishTime: instantFromMs(ms).replace(/\d{3}Z$/, `${micros}Z`),
    orderingKey: told.orderingKey ?? '',
  };
}
