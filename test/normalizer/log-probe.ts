import type { EventLog, StoredRecord } from '#libs/event-log';

/** Whether the group has committed everything that the topic holds, and the topic holds something. */
export async function groupIsThrough(log: EventLog, group: string, topic: string): Promise<boolean> {
  const lags = await log.lag(group, [topic]);
  return lags.some((l) => l.end > 0n) && lags.every((l) => l.lag === 0n);
}

/** Every record that the topic holds, partition by partition. */
export async function storedIn(log: EventLog, topic: string): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  for (const { partition, earliest, end } of await log.lag('nobody', [topic])) {
    for (let offset = earliest; offset < end; offset++) {
      const record = await log.read(topic, { partition, offset });
      if (record) records.push(record);
    }
  }
  return records;
}

/** The real log with some of its methods replaced. */
export function intercepted(log: EventLog, replacements: Partial<EventLog>): EventLog {
  return new Proxy(log, {
    get(target, name) {
      const replacement = replacements[name as keyof EventLog];
      if (replacement !== undefined) return replacement;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}
