import { setTimeout as sleep } from 'node:timers/promises';
import { readWay, tellWay } from '#apps/cli';
import { readReceipt, readStatus } from '#apps/console';
import type { ConversionRow, Instant } from '#libs/events';
import { databaseOf } from '#libs/runtime';
import { drawConversions, readConversions } from './conversions-table.js';
import { tellOfPlay } from './deal-story.js';
import { dealProblems, drawDeals, periodsOfDeals, readDeals } from './deal-table.js';
import { differences } from './differences.js';
import { expectedRows } from './expected-rows.js';
import { TOLD_BY_FIVE, tellByFive } from './five-sources.js';
import { amendByPartners, tellByPartners } from './partner-story.js';
import { pixelCalls } from './pixel-calls.js';
import { CLIENT } from './ga4/shop-rows.js';
import { endShopDay, tellByGa4 } from './ga4/shop-story.js';
import type { Screen } from './screen.js';
import { asking, tellLateClick, tellStory, type Told } from './story.js';
import type { World } from './world.js';

const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 50;

/** Plays the story and shows what becomes of it. @returns what is not as it must be */
export async function playDemo(world: World, screen: Screen): Promise<{ problems: string[] }> {
  const calls = pixelCalls(world.pixelUrl);
  screen.heading(`Pixels are fired at ${world.pixelUrl}`);
  const { platform } = world.process;
  const now = Date.now();
  const told = await tellStory(calls, platform.eventLog, now, screen.say);

  screen.heading('Table conversions: Clara has no click yet');
  const problems = await converge(world, screen, expectedRows(told, false));
  const receipt = await readReceipt(databaseOf(platform), told.receipts.unattributed);
  screen.line(`  the receipt of her deposit says: ${receipt.state}\n`);
  if (receipt.state !== 'unattributed')
    problems.push(`the early deposit is ${receipt.state}, not unattributed`);

  await tellLateClick(calls, told, screen.say);
  screen.heading('Table conversions: her click has come');
  problems.push(...(await converge(world, screen, expectedRows(told, true))));

  screen.heading(
    'Five sources tell of one deposit of Dana: late, twice, out of order, with different amounts',
  );
  const dana = await tellByFive(calls, platform.eventLog, now, asking(screen.say), screen.say);
  screen.heading('Table conversions: one deposit, and what is left of it');
  problems.push(...(await converge(world, screen, expectedRows(told, true, dana))));

  screen.heading('Two partners are polled every second: a product API in CSV, and an offerwall in JSON');
  const erik = await tellByPartners(world.partners, calls, Date.now(), asking(screen.say), screen.say);
  screen.heading('Table conversions: the rows of Erik, whose deposit pixel and API tell');
  problems.push(
    ...(await converge(world, screen, expectedRows(told, true, dana, { ...erik, amended: false }), isEriks)),
  );
  amendByPartners(world.partners, erik, Date.now(), screen.say);
  screen.heading('Table conversions: the rows of Erik, amended, found late, reversed');
  problems.push(
    ...(await converge(world, screen, expectedRows(told, true, dana, { ...erik, amended: true }), isEriks)),
  );
  const { shop } = world;
  screen.heading(
    'GA4’s export of a shop is polled every second: a day while it goes on, and when it is over',
  );
  const shown = { ...erik, amended: true };
  const frida = await tellByGa4(shop, calls, platform.eventLog, now, asking(screen.say), screen.say);
  screen.heading('Table conversions: the orders of Frida, one of which the shop tells too');
  const early = expectedRows(told, true, dana, shown, { ...frida, isOver: false });
  problems.push(...(await converge(world, screen, early, isFridas)));
  await endShopDay(shop, frida, screen.say);
  screen.heading('Table conversions: the orders of Frida, as the daily table has them');
  const late = expectedRows(told, true, dana, shown, { ...frida, isOver: true });
  problems.push(...(await converge(world, screen, late, isFridas)));

  screen.heading('Three partners are owed commissions: CPA, revenue share, and both');
  const played = dana.times.deposit;
  const database = databaseOf(platform);
  const gina = await tellOfPlay(world.partners, calls, database, played, asking(screen.say), screen.say);
  const all = expectedRows(told, true, dana, shown, { ...frida, isOver: true }, gina);
  screen.heading('Table conversions: the rows of Gina');
  problems.push(...(await converge(world, screen, all, isGinas)));
  problems.push(...(await showDeals(world, screen, played)));
  problems.push(...(await showReceipts(world, screen, told)), ...(await showDeadLetter(world, screen)));
  screen.heading(`What "npx tributary explain ${TOLD_BY_FIVE}" says\n`);
  screen.line(tellWay(await readWay(platform, TOLD_BY_FIVE)));
  showAddresses(world, screen);
  return { problems };
}

const isEriks = ({ player_id }: ConversionRow): boolean => player_id === 'erik';

const isFridas = ({ player_id, client_id }: ConversionRow): boolean =>
  player_id === 'frida' || client_id === CLIENT;

const isGinas = ({ player_id }: ConversionRow): boolean => player_id === 'gina';

/** Draws the lines of the partners' statements until they are as expected. @param played by Erik and Gina */
async function showDeals(world: World, screen: Screen, played: Instant): Promise<string[]> {
  const database = databaseOf(world.process.platform);
  const rows = await readConversions(database);
  const ftd = rows.find((row) => row.player_id === 'ben' && row.is_first_deposit)!.occurred_at;
  const periods = periodsOfDeals(ftd, played);
  screen.heading('What the partners are owed');
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const statements = await readDeals(database, periods);
    const problems = dealProblems(statements);
    if (problems.length === 0 || Date.now() > deadline) {
      screen.settle(drawDeals(statements));
      const [, share] = Object.values(periods);
      screen.line('  and why, step by step:');
      screen.line(
        `  DATA_DIR=${world.dataDir} npx tributary commissions show --agreement affiliate-42-share --period ${share} --player erik`,
      );
      return problems;
    }
    screen.redraw(drawDeals(statements));
    await sleep(LOOK_EVERY_MS);
  }
}

/** Draws the table until it is as expected and nothing is left to be read. */
async function converge(
  world: World,
  screen: Screen,
  expected: readonly ConversionRow[],
  shown: (row: ConversionRow) => boolean = () => true,
): Promise<string[]> {
  const { platform } = world.process;
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const { lag, unsettled_batches, dead_letters } = await readStatus(platform);
    const rows = await readConversions(databaseOf(platform));
    const table = drawConversions(rows.filter(shown));
    const problems = differences(rows, expected);
    const atRest = lag.every((g) => g.lag === 0) && unsettled_batches === 0 && dead_letters.total === 1;
    if ((atRest && problems.length === 0) || Date.now() > deadline) {
      screen.settle(table);
      return atRest || problems.length > 0 ? problems : ['the events were not all handled in time'];
    }
    screen.redraw(table);
    await sleep(LOOK_EVERY_MS);
  }
}

/** Receipts of calls that made no row of their own. */
async function showReceipts(world: World, screen: Screen, { receipts }: Told): Promise<string[]> {
  const expected = {
    duplicate: ['the deposit that was told twice', 'duplicate'],
    weak: ['the deposit without transaction id', 'stored'],
    unattributed: ['the deposit before its click', 'stored'],
    test: ['the test', 'test'],
  } as const satisfies Record<keyof Told['receipts'], readonly [string, string]>;
  screen.heading(`What ${world.consoleUrl}/receipts/{id} says`);
  const problems: string[] = [];
  for (const [name, [what, must]] of Object.entries(expected)) {
    const id = receipts[name as keyof Told['receipts']];
    const response = await fetch(`${world.consoleUrl}/receipts/${id}`);
    const { state } = (await response.json()) as { state: string };
    screen.line(`  ${id}  ${state.padEnd(12)}  ${what}`);
    if (state !== must) problems.push(`the receipt of ${what} says ${state}, must say ${must}`);
  }
  return problems;
}

async function showDeadLetter(world: World, screen: Screen): Promise<string[]> {
  const found = await databaseOf(world.process.platform).pool.query<{
    reason: string;
    detail: string;
    original: Buffer;
  }>('SELECT reason, detail, original FROM tributary.dead_letters');
  screen.heading('Dead letters');
  for (const d of found.rows) screen.line(`  ${d.reason}: ${d.detail}: ${d.original.toString('utf8')}`);
  const reasons = found.rows.map((d) => d.reason).join();
  return reasons === 'invalid_json' ? [] : [`the dead letters are [${reasons}], must be one of invalid_json`];
}

function showAddresses(world: World, screen: Screen): void {
  screen.heading('To look around');
  screen.line(`  pixels      ${world.pixelUrl}/convert/{click_id}?type=registration`);
  screen.line(`  console     ${world.consoleUrl}/status`);
  screen.line(`  metrics     ${world.adminUrl}/metrics`);
  screen.line(`  product API ${world.partners.addresses.intarget}/transactions?from=…&to=… (demo, demo)`);
  screen.line(
    `  offerwall   ${world.partners.addresses.besitos}/data/partner/conversions (X-Api-Key: demo-key)`,
  );
  screen.line(`  GA4 export  ${world.shop.place}`);
  screen.line(`  PostgreSQL  ${world.psql}`);
  screen.line(`  tools       DATA_DIR=${world.dataDir} npx tributary explain ${TOLD_BY_FIVE}`);
}
