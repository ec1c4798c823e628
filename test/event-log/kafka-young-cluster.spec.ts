import { openKafkaLog, type EventLog } from '#libs/event-log';
import { quiet } from '#test/kafka-faults';
import { NOT_YET, ScriptedKafkaBroker } from '#test/scripted-kafka-broker';

// kafkajs asks again three times by itself; these are more.
const times = (code: number) => Array<number>(6).fill(code);

describe('a Kafka cluster that was just started', () => {
  let broker: ScriptedKafkaBroker;
  let log: EventLog;

  beforeEach(async () => {
    broker = await ScriptedKafkaBroker.start('young');
    log = await openKafkaLog({ brokers: [broker.address], clientId: 'young', logger: quiet });
  });

  afterEach(async () => {
    await log.close();
    await broker.close();
  });

  it('is asked for its topics until they have leaders', async () => {
    broker.refuse('Metadata', times(NOT_YET.leader));
    expect(await log.missingTopics(['young'])).toEqual([]);
    expect(broker.left('Metadata')).toBe(0);
  });

  // The second metadata that kafkajs's own admin client asks for are `null` then.
  it('is asked again when it takes back that a topic has a leader', async () => {
    broker.refuse('Metadata', [0, NOT_YET.leader, 0, NOT_YET.leader]);
    expect(await log.missingTopics(['young'])).toEqual([]);
    await log.ping(1_000);
  });

  it.each([
    ['there is none', NOT_YET.coordinator],
    ['it still loads', NOT_YET.coordinatorLoading],
  ])('is asked for the coordinator of a group while %s', async (_how, code) => {
    broker.refuse('FindCoordinator', times(code));
    expect(await log.lag('readers', ['young'])).toMatchObject([{ topic: 'young', committed: null, lag: 0n }]);
    expect(broker.left('FindCoordinator')).toBe(0);
  });

  it('is asked for offsets until the coordinator has loaded them', async () => {
    broker.refuse('OffsetFetch', times(NOT_YET.coordinatorLoading));
    expect(await log.lag('readers', ['young'])).toMatchObject([{ topic: 'young', committed: null, lag: 0n }]);
    expect(broker.left('OffsetFetch')).toBe(0);
  });
});
