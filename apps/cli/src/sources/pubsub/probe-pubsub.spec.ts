import type { PubsubMessage } from '#libs/sources';
import type { TriedRecord } from '../try-records.js';
import type { Peeked } from './peek.js';
import { probedOf } from './probe-pubsub.js';
import type { compileMessageTrial } from './try-message.js';

const NOW = Date.parse('2026-11-21T10:01:00Z');

/** A message that was published so many seconds into a minute, and what it becomes. */
function peeked(
  text: string,
  second: number,
  more: Partial<PubsubMessage> & { attempt?: number } = {},
): Peeked {
  const { attempt = 0, ...message } = more;
  return {
    attempt,
    message: {
      id: text,
      data: Buffer.from(text),
      attributes: {},
      publishTime: `2026-11-21T10:00:${String(second).padStart(2, '0')}.000000Z`,
      orderingKey: '',
      ...message,
    },
  };
}

/** Reads `event <key>`, `nothing <key>`, `broken`. */
const tryMessage: ReturnType<typeof compileMessageTrial> = ({ data }) => {
  const [what, key] = data.toString().split(' ');
  if (what === 'broken')
    return { kind: 'dead_letter', reason: 'invalid_json', path: '/data', detail: 'must be JSON' };
  const rejection = {
    kind: 'dead_letter',
    reason: 'invalid_field',
    path: '/amount',
    detail: 'must be money',
  } as const;
  return {
    naturalKey: key,
    events: what === 'event' ? [{}] : [],
    rejections: what === 'refused' ? [rejection, rejection] : [],
    warnings: [],
  } as unknown as TriedRecord;
};

describe('what waiting messages show', () => {
  it('is nothing where none waits', () => {
    expect(probedOf([], tryMessage, NOW)).toEqual({
      ...{ messages: 0, same_key: 0, redelivered: 0, out_of_order: 0, ordering_keys: 0 },
      ...{ oldest_seconds: 0, newest_seconds: 0, median_bytes: 0, largest_bytes: 0 },
      ...{ mapped: 0, silent: 0, rejected: {}, first_rejection: null },
    });
  });

  it('counts keys, deliveries, ages, sizes, and what becomes of each', () => {
    const messages = [
      peeked('event a', 0),
      peeked('event a', 30, { attempt: 1 }),
      peeked('event a', 10, { attempt: 2 }),
      peeked('nothing b', 40),
      peeked('broken', 50),
      peeked('refused c', 50),
    ];
    expect(probedOf(messages, tryMessage, NOW)).toEqual({
      ...{ messages: 6, same_key: 2, redelivered: 1, out_of_order: 1, ordering_keys: 0 },
      ...{ oldest_seconds: 60, newest_seconds: 10, median_bytes: 7, largest_bytes: 9 },
      ...{ mapped: 3, silent: 1, rejected: { invalid_json: 1, invalid_field: 1 } },
      first_rejection: '/data: must be JSON (invalid_json)',
    });
  });

  it('sees order within an ordering key, and beside them', () => {
    const messages = [
      peeked('event 1', 20, { orderingKey: 'x' }),
      peeked('event 2', 10, { orderingKey: 'y' }),
      peeked('event 3', 30, { orderingKey: 'x' }),
      peeked('event 4', 5, { orderingKey: 'y' }),
      peeked('event 5', 40),
      peeked('event 6', 35),
    ];
    const { out_of_order, ordering_keys } = probedOf(messages, tryMessage, NOW);
    expect({ out_of_order, ordering_keys }).toEqual({ out_of_order: 2, ordering_keys: 2 });
  });

  it('takes a message from the future for a new one', () => {
    const { oldest_seconds } = probedOf([peeked('event a', 59)], tryMessage, NOW - 60_000);
    expect(oldest_seconds).toBe(0);
  });
});
