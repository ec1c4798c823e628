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
  });

  afterAll(async () => {
    await stage?.close();
    await kafka?.close();
  });

  afterEach(() => stage?.stopLoads());

  survivesProcessFaults(() => stage);
  survivesPostgresFaults(() => stage, 'kafka');
  survivesBrokerFaults(
    () => stage,
    () => kafka.nodes[0]!,
  );
});
