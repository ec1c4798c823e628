import { survivesProcessFaults } from './process-faults.js';
import { survivesPostgresFaults } from './server-faults.js';
import { Stage } from './stage.js';

describe('an installation on the log in PostgreSQL', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.start();
  }, 90_000);

  afterAll(() => stage?.close(), 60_000);

  afterEach(() => stage?.stopLoads(), 60_000);

  survivesProcessFaults(() => stage);
  survivesPostgresFaults(() => stage, 'postgres');
});
