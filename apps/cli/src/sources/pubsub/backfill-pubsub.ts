import { instantToMs, type Instant } from '#libs/events';
import type { PubsubSourceDefinition } from '#libs/sources';
import { CommandFailed } from '../../exit-code.js';
import { print, printJson } from '../../print.js';
import type { SourceFile } from '../load-source.js';
import { foundSubscription, withSubscription } from './found-subscription.js';
import { readSettings } from './subscription-settings.js';

/** `sources backfill` of Pub/Sub: has the subscription deliver again what it keeps, by moving it back in time. */
export async function backfillPubsub(
  file: SourceFile,
  source: PubsubSourceDefinition,
  streamName: string | undefined,
  { from, to, confirm, json }: { from?: Instant; to?: Instant; confirm?: true; json?: true },
): Promise<void> {
  const found = foundSubscription(file, source, streamName);
  if (from === undefined)
    throw new CommandFailed('--from is needed: from when on messages are to come again');
  if (to !== undefined) {
    throw new CommandFailed(
      'leave --to out: a subscription is moved back to a time, and comes all the way again',
    );
  }
  if (instantToMs(from) > Date.now()) throw new CommandFailed('--from must not lie in the future');
  await withSubscription(found, async (access) => {
    const settings = await readSettings(access);
    if (settings && !settings.keeps_acknowledged) {
      throw new CommandFailed(
        `${access.name} keeps no acknowledged messages: set retain_acked_messages on it, or a retention on its topic; that holds for messages from then on`,
      );
    }
    const text = explain(access.name, from);
    if (!confirm) throw new CommandFailed(`${text}\nSay --confirm to do it.`);
    if (!json) process.stderr.write(`${text}\n`);
    const ms = instantToMs(from);
    const seconds = Math.floor(ms / 1000);
    await access.api.seek({
      subscription: access.name,
      time: { seconds, nanos: (ms - seconds * 1000) * 1_000_000 },
    });
    if (json) printJson({ subscription: access.name, from });
    else print(`moved back; the bridge takes what comes, and what the log has already adds nothing`);
  });
}

function explain(name: string, from: Instant): string {
  return [
    `${name} is moved back to ${from}:`,
    '- every message that was published since then and is still kept comes again, to whoever pulls the subscription;',
    '- every message before it counts as acknowledged, also those that nobody has taken yet;',
    '- delivery again begins within a minute or so. Records that are known have the same ids and add nothing.',
  ].join('\n');
}
