import { startKafka, kafkaAvailability, type KafkaCluster } from '#test/kafka-cluster';
import { isReady } from '#test/skipped-parts';
import { survivesItsProcesses } from './surviving.js';

const ready = isReady('processes killed on Kafka', await kafkaAvailability());

(ready ? describe : describe.skip)('an installation on Kafka', () => {
  let kafka: KafkaCluster | undefined;

  survivesItsProcesses(async () => (kafka = await startKafka()).brokers);

  afterAll(() => kafka?.close());
});
