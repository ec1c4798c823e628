import type { PubsubSourceDefinition } from '#libs/sources';
import { columns, count, print, printJson, strong } from '../../print.js';
import type { SourceFile } from '../load-source.js';
import { rejectionText } from '../trial-text.js';
import { foundSubscription, withSubscription } from './found-subscription.js';
import { peek, type Peeked } from './peek.js';
import { ATTEMPTS_COUNT } from './read-pubsub.js';
import { compileMessageTrial, isRejection } from './try-message.js';

/** What waiting messages have shown. */
export interface ProbedMessages {
  messages: number;
  /** With a natural key that another message has, too. */
  same_key: number;
  /** That were delivered before, where the subscription counts. */
  redelivered: number;
  /** Published before the message that came before them; of those with an ordering key, within the key. */
  out_of_order: number;
  ordering_keys: number;
  oldest_seconds: number;
  newest_seconds: number;
  median_bytes: number;
  largest_bytes: number;
  /** That make at least one event. */
  mapped: number;
  /** That no rule fits. */
  silent: number;
  /** That would be dead letters, by reason. */
  rejected: Record<string, number>;
  first_rejection: string | null;
}

/** `sources probe` of Pub/Sub: what the messages are like that wait; none is acknowledged. */
export async function probePubsub(
  file: SourceFile,
  source: PubsubSourceDefinition,
  streamName: string | undefined,
  { limit, json }: { limit: number; json?: true },
): Promise<void> {
  const found = foundSubscription(file, source, streamName);
  process.stderr.write(`${ATTEMPTS_COUNT}.\n`);
  const peeked = await withSubscription(found, (access) => peek(access, limit));
  const probed = probedOf(peeked, compileMessageTrial(found), Date.now());
  if (json) printJson(probed);
  else print(textOf(`${source.name} ${found.stream.name}`, probed));
}

/** @param nowMs epoch milliseconds */
export function probedOf(
  peeked: readonly Peeked[],
  tryMessage: ReturnType<typeof compileMessageTrial>,
  nowMs: number,
): ProbedMessages {
  const tried = peeked.map(({ message }) => tryMessage(message));
  const rejections = tried.flatMap((one) => (isRejection(one) ? [one] : one.rejections.slice(0, 1)));
  const keys = tried.flatMap((one) => (isRejection(one) || !one.naturalKey ? [] : [one.naturalKey]));
  const sizes = peeked.map(({ message }) => message.data.length).sort((a, b) => a - b);
  const ages = peeked.map(({ message }) => (nowMs - Date.parse(message.publishTime)) / 1000);
  const rejected: Record<string, number> = {};
  for (const { reason } of rejections) rejected[reason] = (rejected[reason] ?? 0) + 1;
  return {
    messages: peeked.length,
    same_key: keys.length - new Set(keys).size,
    redelivered: peeked.filter(({ attempt }) => attempt > 1).length,
    out_of_order: outOfOrder(peeked),
    ordering_keys: new Set(peeked.flatMap(({ message }) => message.orderingKey || [])).size,
    oldest_seconds: Math.round(Math.max(0, ...ages)),
    newest_seconds: Math.round(ages.length > 0 ? Math.min(...ages) : 0),
    median_bytes: sizes[Math.floor(sizes.length / 2)] ?? 0,
    largest_bytes: sizes.at(-1) ?? 0,
    mapped: tried.filter((one) => !isRejection(one) && one.events.length > 0).length,
    silent: tried.filter((one) => !isRejection(one) && one.events.length + one.rejections.length === 0)
      .length,
    rejected,
    first_rejection: rejections[0] ? rejectionText(rejections[0]) : null,
  };
}

function outOfOrder(peeked: readonly Peeked[]): number {
  const last = new Map<string, string>();
  let count = 0;
  for (const { message } of peeked) {
    const key = message.orderingKey ?? '';
    if (message.publishTime < (last.get(key) ?? '')) count++;
    last.set(key, message.publishTime);
  }
  return count;
}

function textOf(name: string, p: ProbedMessages): string {
  if (p.messages === 0) return `${name}: no message waits`;
  const part = (n: number): string => `${count(n)} (${Math.round((n / p.messages) * 100)} %)`;
  const rows = [
    ['messages', count(p.messages)],
    ['make events', part(p.mapped)],
    ['no rule fits', part(p.silent)],
    [
      'would be dead letters',
      Object.entries(p.rejected)
        .map(([why, n]) => `${why} ${part(n)}`)
        .join(', ') || '0',
    ],
    ['share a key with another', part(p.same_key)],
    ['came before', part(p.redelivered)],
    ['out of order', part(p.out_of_order)],
    ['ordering keys', count(p.ordering_keys)],
    ['age', `${count(p.newest_seconds)} s to ${count(p.oldest_seconds)} s`],
    ['size', `${count(p.median_bytes)} bytes in the middle, ${count(p.largest_bytes)} at most`],
  ];
  const first = p.first_rejection === null ? [] : [`the first refusal: ${p.first_rejection}`];
  return [strong(name), columns(['', ''], rows, 'll').split('\n').slice(1).join('\n'), ...first].join('\n');
}
