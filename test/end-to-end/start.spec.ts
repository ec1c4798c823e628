import { AppProcess, type AppName } from '#test/app-process';
import { testDatabase, type TestDatabase } from '#test/postgres';

const APPS: AppName[] = [
  'pixel-ingress',
  'http-poller',
  'ga4-poller',
  'normalizer',
  'attribution',
  'commissions',
  'console',
];

const WRONG = {
  DATABASE_URL: 'mysql://root:pa55word@db/tributary',
  KAFKA_BROKERS: 'broker-without-port',
  KAFKA_PARTITIONS: 'twelve',
  ADMIN_PORT: '90909',
  LOG_LEVEL: 'chatty',
  PIXEL_PORT: 'eighty',
  CONSOLE_PORT: 'eighty-one',
  SOURCES_DIR: '/there/is/no/such/folder',
  AGREEMENTS_DIR: '/there/is/no/such/folder',
};

/** The settings that an app has besides those that all have. */
const OWN: Partial<Record<AppName, string>> = {
  'pixel-ingress': 'PIXEL_PORT',
  console: 'CONSOLE_PORT',
  'http-poller': 'SOURCES_DIR',
  'ga4-poller': 'SOURCES_DIR',
  commissions: 'AGREEMENTS_DIR',
};

it.each(APPS)('%s refuses to start on wrong settings, and lists all of its own by name', async (app) => {
  const { code, errors, output } = await AppProcess.run(app, WRONG);
  expect(code).toBe(2);
  expect(output).toBe('');
  const own = Object.values(OWN).filter((name) => name !== OWN[app]);
  for (const name of Object.keys(WRONG)) {
    if (own.includes(name)) expect(errors).not.toContain(name);
    else expect(errors).toMatch(new RegExp(`^ +- .*${name}`, 'm'));
  }
  for (const value of [...Object.values(WRONG), 'pa55word']) expect(errors).not.toContain(value);
});

describe('without tables and topics', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase();
  });

  afterAll(() => database.drop());

  it.each(APPS)('%s refuses to start and names the command that makes them', async (app) => {
    const { code, errors } = await AppProcess.run(app, {
      DATABASE_URL: database.url,
      PIXEL_PORT: '0',
      CONSOLE_PORT: '0',
    });
    expect(code).toBe(2);
    expect(errors).toContain('npx tributary migrate');
    expect(errors).toContain('raw-events');
  });

  it('exits with 1 where the database cannot be reached, so that an orchestrator starts it anew', async () => {
    const nowhere = 'postgres://tributary:pa55word@127.0.0.1:1/tributary';
    const { code, output } = await AppProcess.run('attribution', { DATABASE_URL: nowhere });
    expect(code).toBe(1);
    expect(output).toContain('ECONNREFUSED');
    expect(output).not.toContain('pa55word');
  });
});
