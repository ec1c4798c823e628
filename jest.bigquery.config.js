import base from './jest.config.js';

/** The SQL against an emulator of BigQuery, which takes minutes to build: apart from the other tests. */
export default { ...base, testMatch: ['<rootDir>/test/bigquery/**/*.spec.ts'], testPathIgnorePatterns: [] };
