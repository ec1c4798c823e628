import type { KafkaCluster } from '#test/kafka-cluster';
import { durableServer, type DurableServer } from '#test/postgres';
import { Installation } from './installation.js';
import { PixelLoad } from './pixel-load.js';

/** An installation, what it stands on, and every load it has had. Its tests share it: starting it is dear. */
export class Stage {
  readonly loads: PixelLoad[] = [];

  private constructor(
    readonly installation: Installation,
    readonly postgres: DurableServer,
  ) {}

  /** On a PostgreSQL of its own with fsync on. @param kafka undefined: the log is in that PostgreSQL */
  static async start(kafka?: KafkaCluster): Promise<Stage> {
    const postgres = await durableServer();
    try {
      const addresses = { databaseUrl: postgres.url, ...(kafka && { kafkaBrokers: kafka.brokers }) };
      return new Stage(await Installation.start(addresses), postgres);
    } catch (error) {
      await postgres.drop();
      throw error;
    }
  }

  startLoad(): PixelLoad {
    const load = new PixelLoad(() => this.installation.pixelUrls(), this.loads.length);
    this.loads.push(load);
    return load;
  }

  /** Ends the load and holds what every test holds: what was answered 202, from the first load on, is in the
   * tables exactly once, everything is read, nothing is dead. */
  async endAndExpectExactly(load: PixelLoad): Promise<void> {
    await load.stop();
    await this.installation.expectExactly(this.loads);
  }

  /** Ends loads that a failed test has left running, so that the tests after it begin as they should. */
  async stopLoads(): Promise<void> {
    await Promise.allSettled(this.loads.map((load) => load.stop()));
  }

  async close(): Promise<void> {
    await this.installation.close();
    await this.postgres.drop();
  }
}
