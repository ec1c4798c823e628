/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  // See jest.bigquery.config.js
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/bigquery/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: {
    '^#libs/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^#apps/([^/]+)$': '<rootDir>/apps/$1/src/app.ts',
    '^#test/(.+)$': '<rootDir>/test/support/$1.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  reporters: ['default', '<rootDir>/test/support/skipped-parts-reporter.js'],
  globalSetup: '<rootDir>/dist/test/support/global-setup.js',
  globalTeardown: '<rootDir>/dist/test/support/global-teardown.js',
  testSequencer: '<rootDir>/test/support/longest-first.js',
  // Ends what hangs; until() says sooner what it waits for
  testTimeout: 240_000,
  // Many tests wait for brokers and processes; a worker whose modules have piled up is started anew
  maxWorkers: 3,
  workerIdleMemoryLimit: '1GB',
};
