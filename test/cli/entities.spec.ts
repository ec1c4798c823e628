import { serializeCanonicalEvent, specOf } from '#libs/events';
import { EXAMPLE_CUSTOM, EXAMPLE_RECORDS, exampleEntityEvents } from '#test/example-entities';
import { withLoadedCli } from '#test/loaded-cli';
import { testDatabase, type TestDatabase } from '#test/postgres';
import type { Ended } from '#test/run-node';
import { startRiver, type River } from '#test/whole-river';

const runCli = withLoadedCli();

const EVENTS = exampleEntityEvents({
  ...{ event_id: '0'.repeat(64), source: 'spacevegas-api', stream: 'api', brand: 'spacevegas' },
  ...{ natural_key: 'k', version: '12', occurred_at: '2026-11-21T09:59:00.000000Z' },
  received_at: '2026-11-21T10:00:00.123456Z',
});

describe('entities of a product', () => {
  let database: TestDatabase;
  let river: River;
  beforeAll(async () => {
    database = await testDatabase();
    river = await startRiver(database.url);
    const lines = EVENTS.map(serializeCanonicalEvent).join('\n');
    expect(await tributary(['import'], lines)).toMatchObject({ code: 0, stderr: '' });
    await river.settled();
  });
  afterAll(async () => {
    await river.stop();
    await database.drop();
  });

  const tributary = (argv: string[], input?: string): Promise<Ended> =>
    runCli(argv, { DATABASE_URL: database.url }, input);

  it.each(EVENTS.map((e) => [specOf(e.kind).table, e] as const))(
    'are exported from %s as they were imported',
    async (table, { kind, record }) => {
      const { code, stdout } = await tributary(['export', table]);
      expect(code).toBe(0);
      const row = JSON.parse(stdout) as Record<string, unknown>;
      expect(row).toMatchObject({
        ...record,
        ...{ brand: 'spacevegas', custom: EXAMPLE_CUSTOM, source: 'spacevegas-api', trust: 'partner_api' },
        ...{ canonical_event_id: '0'.repeat(64), received_at: '2026-11-21T10:00:00.123456Z', authority: 1 },
      });
      expect(Object.keys(row).filter((name) => name.startsWith('previous'))).toEqual([]);
      expect(Object.keys(row).slice(1, 1 + Object.keys(specOf(kind).fields).length)).toEqual(
        Object.keys(specOf(kind).fields),
      );
    },
  );

  it('are exported as CSV and by the instant of their last change', async () => {
    const period = ['--from', '2026-11-21T09:59:30Z', '--to', '2026-11-21T09:59:31Z'];
    const { stdout } = await tributary(['export', 'players', '--format', 'csv', ...period]);
    const [header, row] = stdout.split('\n');
    expect(header).toMatch(/^brand,id,first_name,.*,birthday,.*,custom,source,/);
    expect(row).toMatch(/^spacevegas,1874552,Änna,.*,2000-02-29,/);
    expect(row).toContain(JSON.stringify(EXAMPLE_RECORDS.player.registered_at).slice(1, -1));
    expect(await tributary(['export', 'players', '--to', '2026-11-21T09:59:30Z'])).toMatchObject({
      stdout: '',
    });
    const tournaments = ['export', 'tournaments', '--to', '2026-11-21T09:59:00Z'];
    expect(await tributary(tournaments)).toMatchObject({ code: 0, stdout: '' });
  });
});
