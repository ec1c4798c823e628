import { faultsContract } from './faults.js';
import { PollingWorld } from './polling-world.js';

describe('a poller on the log in PostgreSQL', () => faultsContract(() => PollingWorld.open()));
