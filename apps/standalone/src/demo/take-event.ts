import { checkLine } from '#apps/cli';
import type { EventLog } from '#libs/event-log';
import { Topic, instantFromMs } from '#libs/events';
import type { Say } from './story.js';
import { BRAND } from './world.js';

/** Takes in a canonical event, as `npx tributary import` would, and says so. @throws where it is none */
export type Take = (what: string, source: string, subject: string, data: object) => Promise<void>;

/** Events that are said as the log takes them. */
export function taking(eventLog: EventLog, say: Say): Take {
  return async (what, source, subject, data) => {
    const line = JSON.stringify({
      ...{ specversion: '1.0', type: 'tributary.event.v1', source, subject },
      data: { stream: 'demo', brand: BRAND, ...data },
    });
    const record = checkLine(Buffer.from(line), instantFromMs(Date.now()));
    if (record === undefined || !('key' in record)) throw new Error(`"${what}" is no canonical event`);
    await eventLog.publish(Topic.conversionEvents, [record]);
    say(what, 'log');
  };
}
