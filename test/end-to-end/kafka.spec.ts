import { startKafka, type KafkaCluster } from '#test/kafka-cluster';
import { mayKillBrokers } from '#test/kafka-faults';
import { survivesProcessFaults } from './process-faults.js';
import { survivesBrokerFaults, survivesPostgresFaults } from './server-faults.js';
import { Stage } from './stage.js';

const ready = await mayKillBrokers('an installation on Kafka whose processes are killed');

(ready ? describe : describe.skip)('an installation on Kafka', () => {
  let kafka: KafkaCluster;
  let stage: Stage;

  beforeAll(async () => {
    kafka = await startKafka();
    stage = await Stage.start(kafka);
  }, 90_000);

  afterAll(async () => {
    await stage?.close();
    await kafka?.close();
  }, 60_000);

  afterEach(() => stage?.stopLoads(), 60_000);

  survivesProcessFaults(() => stage);
  survivesPostgresFaults(() => stage, 'kafka');
  survivesBrokerFaults(
    () => stage,
    () => kafka.nodes[0]!,
  );
});
