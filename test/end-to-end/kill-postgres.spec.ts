import { survivesItsProcesses } from './surviving.js';

describe('an installation on the log in PostgreSQL', () => {
  survivesItsProcesses(async () => undefined);
});
