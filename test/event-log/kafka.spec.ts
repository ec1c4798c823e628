import { openKafkaLog } from '#libs/event-log';
import { kafkaAvailability, QUICK_CLEANING, startKafka } from '#test/kafka-cluster';
import { isReady } from '#test/skipped-parts';
import { eventLogContract } from './contract.js';
import type { EngineUnderTest, FragileEngine } from './log-world.js';

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const ready = isReady('the event log on Kafka', await kafkaAvailability());

async function start(): Promise<EngineUnderTest> {
  const kafka = await startKafka({ properties: QUICK_CLEANING });
  const { brokers, nodes } = kafka;
  const open = () => openKafkaLog({ brokers, clientId: 'contract', publishTimeoutMs: 5_000, logger });
  const [node] = nodes;
  const fragile = async (): Promise<FragileEngine> => {
    const log = await open();
    return { log, kill9: () => node!.kill9(), start: () => node!.start(), close: () => log.close() };
  };
  return { address: { name: 'kafka', brokers }, open, ...(node && { fragile }), close: () => kafka.close() };
}

(ready ? describe : describe.skip)('the event log on Kafka', () => {
  eventLogContract(start);
});
