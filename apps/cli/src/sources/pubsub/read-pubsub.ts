import type { PubsubSourceDefinition } from '#libs/sources';
import { CommandFailed } from '../../exit-code.js';
import { print, strong } from '../../print.js';
import type { SourceFile } from '../load-source.js';
import { bigintText, countOf, recordText, rejectionText, rowText, summaryText } from '../trial-text.js';
import { rowsOf, waitingReturns, type TriedRecord } from '../try-records.js';
import { foundSubscription, withSubscription } from './found-subscription.js';
import { peek } from './peek.js';
import { readSettings } from './subscription-settings.js';
import { compileMessageTrial, isRejection } from './try-message.js';

/** What every reading of messages is told first. */
export const ATTEMPTS_COUNT =
  'Messages are looked at and given back, not acknowledged; each look counts as a delivery attempt';

/** `sources read --dry-run` of Pub/Sub: messages, the events and rows that would come of them; nothing is acknowledged. */
export async function readPubsub(
  file: SourceFile,
  source: PubsubSourceDefinition,
  streamName: string | undefined,
  { dryRun, limit, json }: { dryRun?: true; limit: number; json?: true },
): Promise<void> {
  const found = foundSubscription(file, source, streamName);
  if (!dryRun) {
    throw new CommandFailed(
      'say --dry-run to look at messages: the bridge takes them, this command only looks',
    );
  }
  const { peeked, settings } = await withSubscription(found, async (access) => ({
    settings: await readSettings(access),
    peeked: await peek(access, limit),
  }));
  const most = settings?.dead_letter ? `, of ${settings.dead_letter.max_attempts}` : '';
  process.stderr.write(`${ATTEMPTS_COUNT}${most}.\n`);
  const tryMessage = compileMessageTrial(found);
  const tried: TriedRecord[] = [];
  for (const [i, { message, attempt }] of peeked.entries()) {
    const one = tryMessage(message);
    const head = { id: message.id, publish_time: message.publishTime, attempt, bytes: message.data.length };
    if (!isRejection(one)) tried.push(one);
    if (json) print(JSON.stringify({ type: 'message', ...head, ...one }, bigintText));
    else if (isRejection(one)) {
      print(`\n${strong(`message ${message.id}`)}\n  ${strong('✗ no record')} ${rejectionText(one)}`);
    } else print(`\n${recordText(i + 1, one)}`);
  }
  const events = tried.flatMap((t) => t.events);
  for (const row of rowsOf(events)) {
    print(json ? JSON.stringify({ type: 'row', ...row }, bigintText) : `\n${rowText(row)}`);
  }
  const waiting = waitingReturns(events);
  const dead = peeked.length - tried.length;
  const letters = dead === 1 ? 'a dead letter' : 'dead letters';
  const refused = dead > 0 ? `; ${countOf(dead, 'message')} would be ${letters}` : '';
  if (json) print(JSON.stringify({ type: 'summary', messages: peeked.length, dead }));
  else {
    if (waiting.length > 0) print(`\nwait for what they take back: ${waiting.join(', ')}`);
    const nothing = 'no message waits: none was published, or all are in the hands of a bridge';
    print(`\n${peeked.length === 0 ? nothing : summaryText(tried) + refused}. Nothing was stored.`);
  }
}
