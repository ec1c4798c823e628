import { survivesProcessFaults } from './process-faults.js';
import { survivesPostgresFaults } from './server-faults.js';
import { Stage } from './stage.js';

describe('an installation on the log in PostgreSQL', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.start();
  });

  afterAll(() => stage?.close());

  afterEach(() => stage?.stopLoads());

  survivesProcessFaults(() => stage);
  survivesPostgresFaults(() => stage, 'postgres');
});
