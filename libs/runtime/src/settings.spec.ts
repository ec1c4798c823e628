import { PlatformSettings } from './platform-settings.js';
import { SettingsError, readSettings } from './settings.js';

function problemsOf(environment: Record<string, string>): string[] {
  try {
    readSettings(PlatformSettings, environment);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return [...error.problems];
    throw error;
  }
}

describe('readSettings', () => {
  it('has a default for everything', () => {
    expect(readSettings(PlatformSettings, {})).toMatchObject({
      DATABASE_URL: undefined,
      KAFKA_BROKERS: undefined,
      KAFKA_SSL: false,
      KAFKA_PARTITIONS: 12,
      DATA_DIR: '.tributary',
      ADMIN_PORT: 9090,
      LOG_LEVEL: 'info',
    });
  });

  it('reads numbers and flags, takes an empty variable for unset and ignores what is not its own', () => {
    const read = readSettings(PlatformSettings, {
      KAFKA_SSL: '1',
      KAFKA_PARTITIONS: '3',
      ADMIN_PORT: '0',
      LOG_LEVEL: '',
      DATABASE_URL: '',
      HOME: '/x',
    });
    expect(read).toMatchObject({ KAFKA_SSL: true, KAFKA_PARTITIONS: 3, ADMIN_PORT: 0, LOG_LEVEL: 'info' });
    expect(read.DATABASE_URL).toBeUndefined();
    expect(read).not.toHaveProperty('HOME');
  });

  it('lists every problem by name and never a value', () => {
    const secret = 'hunter2-zq';
    const wrong = {
      DATABASE_URL: `mysql://root:${secret}@db`,
      KAFKA_BROKERS: secret,
      KAFKA_SSL: secret,
      KAFKA_SASL_MECHANISM: secret,
      KAFKA_TOPIC_PREFIX: `${secret} `,
      KAFKA_PARTITIONS: secret,
      KAFKA_REPLICATION: '0',
      ADMIN_PORT: '65536',
      LOG_LEVEL: secret,
    };
    const problems = problemsOf(wrong);
    for (const name of [...Object.keys(wrong), 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD']) {
      expect([name, problems.filter((p) => p.startsWith(`${name} `)).length > 0]).toEqual([name, true]);
    }
    const { message } = new SettingsError(problems);
    for (const problem of problems) expect(message).toContain(problem);
    expect(message).not.toContain(secret);
  });

  it.each([
    ['KAFKA_BROKERS', 'a:1, b:2'],
    ['DATABASE_URL', 'postgresql://localhost/x'],
    ['KAFKA_TOPIC_PREFIX', 'team-a.'],
  ])('takes %s=%s', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([]);
  });
});
