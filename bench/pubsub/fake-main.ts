import { FakePubsub } from '#test/fake-pubsub/fake-pubsub';
import { benchMessage } from './bench-messages.js';

/**
 * The tests' fake of Pub/Sub with one subscription, `bench` of the project `test`. Its argument is how many messages it
 * has. Says its host, how many are acknowledged every half second, and how long it took from the first one that was given
 * out to the last acknowledgement, in lines of JSON.
 */
const count = Number(process.argv[2]);
const fake = await FakePubsub.start();
const subscription = fake.subscription(fake.subscribed('bench'));
fake.publish(
  'bench',
  Array.from({ length: count }, (_, n) => benchMessage(n)),
);
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
say({ host: fake.host });

let startedAt: number | undefined;
let saidAt = 0;
const look = setInterval(() => {
  if (startedAt === undefined && subscription.outstanding.size > 0) startedAt = performance.now();
  const now = performance.now();
  if (subscription.acknowledged >= count) {
    clearInterval(look);
    const attempts = [...subscription.attempts().values()].reduce((sum, n) => sum + n, 0);
    say({ done: count, seconds: (now - startedAt!) / 1_000, redelivered: attempts - count });
  } else if (now - saidAt > 500) {
    saidAt = now;
    say({ acknowledged: subscription.acknowledged });
  }
}, 2);
process.once('SIGTERM', () => process.exit(0));
