import type { TellsDeposit, Told } from './visitor-calls.js';

type Click = Extract<Told, { kind: 'click' }>;
type Conversion = Exclude<Told, { kind: 'click' }>;

/** What the test compares of a row; an install's time is that of its receipt, which differs between runs. */
export const COMPARED_COLUMNS = `type, CASE WHEN conversion_key LIKE 'event:%' THEN 'event' ELSE conversion_key END AS key,
  click_id, player_id, transaction_id, trim_scale(amount)::text AS amount, currency, status,
  CASE WHEN type = 'install' THEN NULL ELSE to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END AS at,
  attributed, first_touch_campaign, first_touch_click_id, last_touch_campaign, last_touch_click_id,
  sub_ids->>'sub1' AS sub1, array_to_string(sources, '+') AS sources, is_first_deposit, conflict`;

/**
 * The rows that these calls must end in, one line each, sorted: worked out as plainly as can be, from nothing
 * but what the calls say, and only for what `visitor-calls.ts` lets happen.
 */
export function expectedRows(told: readonly Told[]): string[] {
  const clicks = new Map<string, Click>();
  const conversions = new Map<string, Conversion[]>();
  const clicksOfPlayer = new Map<string, Set<string>>();
  const playerOfClick = new Map<string, string>();
  for (const t of told) {
    if (t.kind === 'click') {
      clicks.set(t.click, t);
      continue;
    }
    const key = keyOf(t);
    conversions.set(key, [...(conversions.get(key) ?? []), t]);
    if (t.player === undefined) continue;
    playerOfClick.set(t.click, t.player);
    clicksOfPlayer.set(t.player, new Set([...(clicksOfPlayer.get(t.player) ?? []), t.click]));
  }
  joinWeakDeposits(conversions);
  const firstDeposits = firstDepositOfEach([...conversions.values()].map((all) => all[0]!));
  const rows = [...conversions.values()].map((all): string => {
    // The server's word comes before the browser's, and one with a transaction before one without
    const c = [...all].sort((a, b) => weight(b) - weight(a))[0]!;
    const deposit = c.kind === 'deposit' ? c : undefined;
    const player = c.player ?? playerOfClick.get(c.click);
    const own = clicks.get(c.click);
    const touched = [c.click, ...(player === undefined ? [] : clicksOfPlayer.get(player)!)];
    const touches = [...new Set(touched)]
      .flatMap((id) => clicks.get(id) ?? [])
      .filter((click) => click === own || c.at === undefined || click.at <= c.at)
      .sort((a, b) => (a.at < b.at ? -1 : 1));
    return lineOf({
      type: c.kind,
      key: deposit ? (deposit.transaction ? `tx:${deposit.transaction}` : 'event') : `click:${c.click}`,
      click_id: c.click,
      player_id: player,
      transaction_id: deposit?.transaction,
      amount: deposit?.amount,
      currency: deposit?.currency,
      status: 'approved',
      at: c.at,
      attributed: own !== undefined,
      first_touch_campaign: touches[0]?.campaign,
      first_touch_click_id: touches[0]?.click,
      last_touch_campaign: touches.at(-1)?.campaign,
      last_touch_click_id: touches.at(-1)?.click,
      sub1: own?.sub1,
      sources: [...new Set(all.map((each) => each.source))].sort().join('+'),
      is_first_deposit: deposit !== undefined && firstDeposits.has(keyOf(deposit)),
      conflict: false,
    });
  });
  return rows.sort();
}

/** A row as a line, its columns in the order of `COMPARED_COLUMNS`. */
export function lineOf(row: Readonly<Record<string, unknown>>): string {
  return Object.entries(row)
    .map(([name, value]) => `${name}=${value === null || value === undefined ? '' : String(value as string)}`)
    .join(' ');
}

function keyOf(c: Conversion): string {
  if (c.kind !== 'deposit') return `${c.kind} ${c.click}`;
  return c.transaction ? `tx ${c.transaction}` : `weak ${c.click} ${c.at} ${c.amount} ${c.currency}`;
}

function weight(c: Conversion): number {
  const strong = c.kind !== 'deposit' || c.transaction !== undefined;
  return (c.source === 'pixel-server' ? 2 : 0) + (strong ? 1 : 0);
}

/** A deposit without a transaction is the one with, where player and money agree (their times are near). */
function joinWeakDeposits(conversions: Map<string, Conversion[]>): void {
  const money = (d: TellsDeposit): string => `${d.player} ${d.amount} ${d.currency}`;
  const strong = new Map<string, Conversion[]>();
  for (const all of conversions.values()) {
    const [first] = all;
    if (first?.kind === 'deposit' && first.transaction) strong.set(money(first), all);
  }
  for (const [key, all] of conversions) {
    const [first] = all;
    if (first?.kind !== 'deposit' || first.transaction) continue;
    const same = strong.get(money(first));
    if (!same) continue;
    same.push(...all);
    conversions.delete(key);
  }
}

function firstDepositOfEach(conversions: readonly Conversion[]): Set<string> {
  const first = new Map<string, TellsDeposit>();
  for (const c of conversions) {
    if (c.kind !== 'deposit') continue;
    const before = first.get(c.player);
    if (!before || c.at < before.at) first.set(c.player, c);
  }
  return new Set([...first.values()].map(keyOf));
}
