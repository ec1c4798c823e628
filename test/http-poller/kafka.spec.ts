import { kafkaAvailability, startKafka, type KafkaCluster } from '#test/kafka-cluster';
import { isReady } from '#test/skipped-parts';
import { faultsContract } from './faults.js';
import { PollingWorld } from './polling-world.js';

const ready = isReady('a poller on Kafka', await kafkaAvailability());

(ready ? describe : describe.skip)('a poller on Kafka', () => {
  let kafka: KafkaCluster;
  afterAll(() => kafka?.close());

  faultsContract(async () => {
    kafka = await startKafka();
    return PollingWorld.open({ KAFKA_BROKERS: kafka.brokers.join(',') });
  });
});
