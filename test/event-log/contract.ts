import type { EventLog } from '#libs/event-log';
import { deliveryContract } from './delivery-contract.js';
import { groupContract } from './group-contract.js';
import { LogWorld, type EngineUnderTest } from './log-world.js';
import { storageContract } from './storage-contract.js';

/**
 * What every engine of the event log must do, on a real one; one file per side of it.
 * @param start starts the engine, once for the whole suite
 * @returns the world of the running test, for tests of the engine's own
 */
export function eventLogContract(start: () => Promise<EngineUnderTest>): () => LogWorld {
  let engine: EngineUnderTest;
  let log: EventLog;
  let world: LogWorld;

  beforeAll(async () => {
    engine = await start();
    log = await engine.open();
  });
  beforeEach(() => {
    world = new LogWorld(engine, log);
  });
  afterEach(() => world.end());
  afterAll(async () => {
    await log?.close();
    await engine?.close();
  });

  describe('delivery', () => deliveryContract(() => world));
  describe('groups', () => groupContract(() => world));
  describe('storage', () => storageContract(() => world));
  return () => world;
}
