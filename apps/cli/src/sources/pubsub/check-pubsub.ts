import type { PubsubSourceDefinition } from '#libs/sources';
import { CommandFailed } from '../../exit-code.js';
import { columns, print, printJson, strong } from '../../print.js';
import type { SourceFile } from '../load-source.js';
import { indented } from '../trial-text.js';
import {
  foundSubscriptions,
  withSubscription,
  type FoundSubscription,
  type SubscriptionAccess,
} from './found-subscription.js';
import { readSettings, type SubscriptionSettings } from './subscription-settings.js';

const CONSUME = 'pubsub.subscriptions.consume';

/** What was found of one subscription. */
interface Checked {
  source: string;
  stream: string;
  subscription: string;
  /** Whether messages may be taken; null where the server does not say. */
  may_consume: boolean | null;
  /** Null where the account may not see them. */
  settings: SubscriptionSettings | null;
  /** What to look at. */
  remarks: string[];
}

/** `sources check` of Pub/Sub: is the subscription there, may it be pulled, and how is it set? Takes no message. */
export async function checkPubsub(
  file: SourceFile,
  source: PubsubSourceDefinition,
  streamName: string | undefined,
  { json }: { json?: true },
): Promise<void> {
  const checked: Checked[] = [];
  const failed: string[] = [];
  for (const found of foundSubscriptions(file, source, streamName)) {
    try {
      const one = await withSubscription(found, (access) => check(found, access));
      checked.push(one);
      if (!json) print(`${textOf(one)}\n`);
      if (one.may_consume === false) {
        failed.push(
          `${one.source} ${one.stream}: messages may not be taken: grant roles/pubsub.subscriber on ${one.subscription}`,
        );
      }
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
      failed.push(error.message);
    }
  }
  if (json) printJson(checked);
  if (failed.length > 0) throw new CommandFailed(failed.join('\n'));
}

async function check({ source, stream }: FoundSubscription, access: SubscriptionAccess): Promise<Checked> {
  const settings = (await readSettings(access)) ?? null;
  return {
    source: source.name,
    stream: stream.name,
    subscription: access.name,
    may_consume: await mayConsume(access),
    settings,
    remarks: settings ? remarksOn(settings) : [NOT_SEEN],
  };
}

const NOT_SEEN =
  'the account may not see how the subscription is set, which the bridge does not need; roles/pubsub.viewer allows it';
const UNIMPLEMENTED = 12;

async function mayConsume({ client, name }: SubscriptionAccess): Promise<boolean | null> {
  try {
    const [permissions] = await client.subscription(name).iam.testPermissions([CONSUME]);
    return (permissions as Record<string, boolean>)[CONSUME] ?? false;
  } catch (error) {
    if ((error as { code?: number }).code === UNIMPLEMENTED) return null; // emulators have no IAM
    throw error;
  }
}

function remarksOn(settings: SubscriptionSettings): string[] {
  const { dead_letter, push_endpoint, ack_deadline_seconds: deadline, keeps_acknowledged, filter } = settings;
  return [
    ...(push_endpoint === '' ? [] : ['it pushes to an endpoint: it must be a pull subscription']),
    ...(dead_letter
      ? [
          `after ${dead_letter.max_attempts} attempts a message leaves for ${dead_letter.topic}, where the bridge does not look: a log that is down for long counts as attempts`,
        ]
      : []),
    ...(deadline < 30 ? [`ack deadline ${deadline} s: leases are extended, 60 s spares requests`] : []),
    ...(keeps_acknowledged
      ? []
      : ['acknowledged messages are not kept: sources backfill cannot have them again']),
    ...(filter === '' ? [] : ['it has a filter: what does not match is gone for it']),
  ];
}

function textOf({ source, stream, subscription, may_consume, settings, remarks }: Checked): string {
  const yes = (value: boolean): string => (value ? 'yes' : 'no');
  const days = (seconds: number | null): string => (seconds === null ? '–' : `${seconds / 86_400} d`);
  const rows = [
    ['messages may be taken', may_consume === null ? 'not known' : yes(may_consume)],
    ...(settings
      ? [
          ['topic', settings.topic],
          ['ack deadline', `${settings.ack_deadline_seconds} s`],
          ['exactly-once delivery', yes(settings.exactly_once)],
          ['ordering keys', yes(settings.ordering)],
          [
            'dead letters',
            settings.dead_letter
              ? `${settings.dead_letter.topic} after ${settings.dead_letter.max_attempts} attempts`
              : 'none of its own',
          ],
          ['kept unacknowledged', days(settings.retention_seconds)],
          ['keeps acknowledged ones', yes(settings.keeps_acknowledged)],
        ]
      : []),
  ];
  return [
    strong(`${source} ${stream}, ${subscription}`),
    indented(columns(['', ''], rows, 'll').split('\n').slice(1).join('\n')),
    ...remarks.map((remark) => `  ! ${remark}`),
  ].join('\n');
}
