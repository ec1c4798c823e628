import { FakePubsub } from '#test/fake-pubsub/fake-pubsub';
import { benchMessage } from './bench-messages.js';

/**
 * The tests' fake of Pub/Sub with one subscription, `bench` of the project `test`. Its arguments are how many messages are
 * measured, and how many come before them, in which a subscriber warms up. Says its host, when those are acknowledged, how
 * many are acknowledged every half second, and how long it took from there to the last acknowledgement, in lines of JSON.
 */
const [count, before] = process.argv.slice(2).map(Number) as [number, number];
const fake = await FakePubsub.start();
const subscription = fake.subscription(fake.subscribed('bench'));
fake.publish(
  'bench',
  Array.from({ length: before + count }, (_, n) => benchMessage(n)),
);
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
say({ host: fake.host });

let warm: { at: number; acknowledged: number } | undefined;
let saidAt = 0;
const look = setInterval(() => {
  const { acknowledged } = subscription;
  const now = performance.now();
  if (warm === undefined && acknowledged >= before) {
    warm = { at: now, acknowledged };
    say({ warm: acknowledged });
  }
  if (warm && acknowledged >= before + count) {
    clearInterval(look);
    const attempts = [...subscription.attempts().values()].reduce((sum, n) => sum + n, 0);
    const done = acknowledged - warm.acknowledged;
    say({ done, seconds: (now - warm.at) / 1_000, redelivered: attempts - before - count });
  } else if (now - saidAt > 500) {
    saidAt = now;
    say({ acknowledged });
  }
}, 2);
process.once('SIGTERM', () => process.exit(0));
