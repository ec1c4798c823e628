import Sequencer from '@jest/test-sequencer';

/** What starts brokers and many processes, the longest first; by the beginnings of their paths. */
const LONGEST = [
  'test/http-poller/misbehaving-partner',
  'test/end-to-end/kafka',
  'test/end-to-end/postgres',
  'test/event-log/kafka-three-brokers',
  'test/pubsub-bridge/bridge',
  'test/end-to-end/',
  'test/event-log/kafka',
  'test/attribution/worlds',
  'test/cli/',
  'test/sources/',
  'test/',
];

/** Begins with the longest, so that no worker is left with one of them at the end; a fresh clone knows no times. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rankOf = ({ path, context }) => {
      const file = path.slice(context.config.rootDir.length + 1).replaceAll('\\', '/');
      const rank = LONGEST.findIndex((beginning) => file.startsWith(beginning));
      return rank === -1 ? LONGEST.length : rank;
    };
    return [...super.sort(tests)].sort((a, b) => rankOf(a) - rankOf(b));
  }
}
