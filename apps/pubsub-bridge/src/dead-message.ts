import {
  NO_POSITION,
  Topic,
  deadLetterOf,
  instantFromMs,
  type DeadLetter,
  type Rejection,
} from '#libs/events';
import { VERSION } from '#libs/runtime';
import type { PubsubMessage } from '#libs/sources';

/**
 * The dead letter of a message. Its original is the message as Pub/Sub's REST API writes one (PubsubMessage), so that its
 * bytes are there whatever they are: `data` in Base64.
 * @param source name of the definition
 */
export function deadLetterOfMessage(
  rejection: Rejection,
  source: string,
  message: PubsubMessage,
  nowMs: number,
): DeadLetter {
  const { id, data, attributes, publishTime, orderingKey } = message;
  const original = JSON.stringify({
    messageId: id,
    publishTime,
    ...(orderingKey && { orderingKey }),
    attributes,
    data: data.toString('base64'),
  });
  const origin = { topic: Topic.rawEvents, ...NO_POSITION, key: `${source}|${id}`, value: original };
  const by = { app: 'pubsub-bridge', version: VERSION, now: instantFromMs(nowMs) };
  return { ...deadLetterOf(rejection, origin, by), source };
}
