/** What one call says, in the test's own words. */
export type Told =
  | { kind: 'click'; click: string; at: string; campaign: string; sub1: string }
  | { kind: 'install' | 'registration'; click: string; at?: string; player?: string; source: Source }
  | TellsDeposit;

export interface TellsDeposit {
  kind: 'deposit';
  click: string;
  at: string;
  player: string;
  transaction?: string;
  amount: string;
  currency: string;
  source: Source;
}

type Source = 'pixel-server' | 'pixel-browser';

/** A call as it goes over HTTP. */
export interface PixelCall {
  path: string;
  headers: Record<string, string>;
  /** JSON; a call with a body is a POST. */
  body?: string;
  told: Told;
}

/** How many visitors are on their way at once, their calls mixed. */
const VISITORS_AT_ONCE = 12;
// Inside the look-back of an install that happens now
const FIRST_MS = Date.now() - 7 * 24 * 60 * 60_000;
const MINUTE_MS = 60_000;

/** Calls without end, of several visitors at once and of each in any order: clicks often come last. */
export function* visitorCalls(world: number): Generator<PixelCall, never> {
  const random = randomNumbers(world);
  const open: Told[] = [];
  for (let visitor = 0; ; visitor++) {
    open.push(...toldOfVisitor(world, visitor));
    while (open.length > VISITORS_AT_ONCE * 6) {
      const [told] = open.splice(Math.floor(random() * open.length), 1);
      yield callOf(told!);
    }
  }
}

/** What happens to one visitor. Times are given, save of installs, so that rows can be told beforehand. */
function toldOfVisitor(world: number, n: number): Told[] {
  const at = (minutes: number): string => new Date(FIRST_MS + (n + minutes) * MINUTE_MS).toISOString();
  const [click, later] = [uuidOf(world, n, 0), uuidOf(world, n, 1)];
  const [player, sub1] = [`player-${world}-${n}`, `s${n}`];
  const deposit: TellsDeposit = {
    kind: 'deposit',
    click,
    at: at(120),
    player,
    transaction: `tx-${world}-${n}`,
    amount: n % 2 === 0 ? '40.5' : `${n}.12345678`,
    currency: n % 4 === 0 ? 'USD' : 'EUR',
    source: 'pixel-server',
  };
  const visit: Told[] = [
    { kind: 'install', click, source: 'pixel-browser' },
    { kind: 'registration', click, at: at(60), player, source: 'pixel-server' },
    deposit,
  ];
  // Else conversions of a click that nobody knows
  if (n % 5 !== 0) visit.push({ kind: 'click', click, at: at(0), campaign: 'autumn', sub1 });
  // Told again, and by both
  if (n % 3 === 0) visit.push({ ...deposit, source: 'pixel-browser' }, deposit);
  if (n % 4 === 1) {
    const again = { transaction: `tx-${world}-${n}-later`, amount: '1000', currency: 'GBP' };
    visit.push({ kind: 'click', click: later, at: at(90), campaign: 'winter', sub1 });
    visit.push({ ...deposit, ...again, click: later, at: at(180) });
  }
  // Without a transaction: told by the browser of the deposit above, or of another one
  const { transaction: _none, ...weak } = { ...deposit, at: at(110), source: 'pixel-browser' as const };
  if (n % 7 === 2) visit.push(weak);
  if (n % 7 === 3) visit.push({ ...weak, amount: '7.77' });
  return visit;
}

function callOf(told: Told): PixelCall {
  if (told.kind === 'click') {
    const { click, at, campaign, sub1 } = told;
    const body = { click_id: click, time: at, utm_source: 'affiliate', utm_campaign: campaign };
    return { path: '/clicks', headers: {}, body: JSON.stringify({ ...body, sub_ids: { sub1 } }), told };
  }
  const query = new URLSearchParams({ type: told.kind });
  if (told.at !== undefined) query.set('time', told.at);
  if (told.player !== undefined) query.set('player_id', told.player);
  if (told.kind === 'deposit') {
    query.set('amount', told.amount);
    query.set('currency', told.currency.toLowerCase());
    if (told.transaction !== undefined) query.set('transaction_id', told.transaction);
  }
  const headers: Record<string, string> =
    told.source === 'pixel-browser' ? { 'user-agent': 'Mozilla/5.0 (X11; Linux)' } : {};
  return { path: `/convert/${told.click}?${query.toString()}`, headers, told };
}

function uuidOf(world: number, visitor: number, nth: number): string {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  return `${hex(world, 8)}-0000-4000-8000-${hex(nth, 4)}${hex(visitor, 8)}`;
}

/** Numbers from 0 up to 1, the same for the same seed (a linear congruential generator). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}
