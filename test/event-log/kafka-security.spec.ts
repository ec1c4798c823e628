import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKafkaLog } from '#libs/event-log';
import { startKafka, type KafkaCluster } from '#test/kafka-cluster';
import { idsIn, mayKillBrokers, quiet } from '#test/kafka-faults';

const PASSWORD = 'river-secret';
const JAAS = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
const ready = await mayKillBrokers('SASL and TLS to a Kafka broker');

(ready ? describe : describe.skip)('a Kafka broker with TLS and SASL', () => {
  let kafka: KafkaCluster;
  let authority: string;
  const folder = mkdtempSync(join(tmpdir(), 'tributary-tls-'));

  beforeAll(async () => {
    const store = join(folder, 'broker.p12');
    const key = ['-keystore', store, '-storepass', PASSWORD, '-alias', 'broker'];
    const names = ['-dname', 'CN=localhost', '-ext', 'SAN=IP:127.0.0.1,DNS:localhost'];
    execFileSync('keytool', ['-genkeypair', '-keyalg', 'RSA', '-storetype', 'PKCS12', ...key, ...names], {
      stdio: 'pipe',
    });
    authority = execFileSync('keytool', ['-exportcert', '-rfc', ...key], { encoding: 'utf8', stdio: 'pipe' });
    kafka = await startKafka({
      properties: {
        'listener.security.protocol.map': 'PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT',
        'inter.broker.listener.name': 'PLAINTEXT',
        'sasl.enabled.mechanisms': 'PLAIN',
        'sasl.mechanism.inter.broker.protocol': 'PLAIN',
        'listener.name.plaintext.plain.sasl.jaas.config': `${JAAS} username="app" password="${PASSWORD}" user_app="${PASSWORD}";`,
        'ssl.keystore.location': store,
        'ssl.keystore.password': PASSWORD,
        'ssl.truststore.location': store,
        'ssl.truststore.password': PASSWORD,
      },
    });
  });

  afterAll(async () => {
    await kafka.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (password: string, ca: string | undefined) =>
    openKafkaLog({
      brokers: kafka.brokers,
      clientId: 'security',
      ssl: ca === undefined ? true : { ca },
      sasl: { mechanism: 'plain', username: 'app', password },
      logger: quiet,
    });

  it('is written to and read with the right password', async () => {
    const log = await open(PASSWORD, authority);
    await log.ensureTopics([{ name: 'secured', partitions: 2, retentionMs: 3_600_000, compacted: false }]);
    await log.publish('secured', [{ key: 'a', value: '1' }]);
    expect((await idsIn(log, 'secured')).ids).toEqual(new Set(['a']));
    await log.close();
  });

  it('refuses a wrong password, and is refused without a trusted certificate', async () => {
    await expect(open('wrong', authority)).rejects.toThrow(/authentication failed|SASL PLAIN/i);
    await expect(open(PASSWORD, undefined)).rejects.toThrow(/self-signed/);
  });
});
