import { isUnchanged, type Fact, type FactChanges } from '#libs/commissions';
import { columns } from '../print.js';
import { item } from '../explain/text.js';
import { figure, pointBelowPoint } from './figures.js';
import { minute } from './lines.js';

/** Facts below one another. @param currency the agreement's */
export function factsTable(facts: readonly Fact[], currency: string): string {
  const amounts = pointBelowPoint(facts.map((fact) => money(fact.amount, fact)));
  const rows = facts.map((fact, i) => [
    minute(fact.occurred_at).replace(' UTC', ''),
    nameOf(fact),
    idOf(fact),
    fact.type ?? '',
    amounts[i]!,
    fact.currency ?? '',
    [outcomeOf(fact), rateOf(fact, currency), restsOn(fact)].filter((text) => text !== '').join(', '),
  ]);
  return columns(['When (UTC)', 'fact', 'id', '', 'amount', '', ''], rows, 'llllrll');
}

/** What has changed, a line each: `+` what came to light, `~` what was amended, `−` what is gone. */
export function changesText({ added, gone, amended }: FactChanges, currency: string): string[] {
  return [
    ...added.map((fact) => item(`${title(fact)}: ${said(fact, currency)}`, '+')),
    ...amended.map(({ before, after }) =>
      item(
        `${title(after)}: ${said(before, currency)} → ${said(after, currency)}${moved(before, after)}`,
        '~',
      ),
    ),
    ...gone.map((fact) => item(`${title(fact)}: ${said(fact, currency)}`, '−')),
  ];
}

/** `1 fact has come to light, 2 were amended, 1 is gone`; undefined where nothing has changed. */
export function changesCount(changes: FactChanges): string | undefined {
  if (isUnchanged(changes)) return undefined;
  const { added, gone, amended } = changes;
  const told: [number, string, string][] = [
    [added.length, 'has come to light', 'have come to light'],
    [amended.length, 'was amended', 'were amended'],
    [gone.length, 'is gone', 'are gone'],
  ];
  const [first, ...others] = told.filter(([n]) => n > 0);
  const [n, one, several] = first!;
  return [
    `${n} ${n === 1 ? `fact ${one}` : `facts ${several}`}`,
    ...others.map(([m, isOne, are]) => `${m} ${m === 1 ? isOne : are}`),
  ].join(', ');
}

function title(fact: Fact): string {
  return `${minute(fact.occurred_at)}, ${nameOf(fact)} ${idOf(fact)}`;
}

/** `approved 100.00 EUR`, `100.00 EUR, won 40.00`. */
function said(fact: Fact, currency: string): string {
  const amount = fact.amount === null ? '' : `${money(fact.amount, fact)} ${fact.currency}`;
  return [`${fact.type ?? ''} ${amount}`.trim(), outcomeOf(fact), rateOf(fact, currency)]
    .filter((text) => text !== '')
    .join(', ');
}

function moved(before: Fact, after: Fact): string {
  return before.occurred_at === after.occurred_at ? '' : `; it was of ${minute(before.occurred_at)}`;
}

function outcomeOf(fact: Fact): string {
  if (fact.win_amount !== null) return `won ${money(fact.win_amount, fact)}`;
  const { net_amount, amount } = fact;
  return net_amount === null || net_amount === amount ? '' : `left ${money(net_amount, fact)}`;
}

function rateOf({ currency, rate }: Fact, own: string): string {
  if (currency === null || currency === own) return '';
  return rate === null ? 'no rate' : `× ${rate}`;
}

function restsOn({ for_cpa, segment }: Fact): string {
  return for_cpa ? (segment === null ? 'for the CPA alone' : 'for the CPA too') : '';
}

function money(amount: string | null, { currency }: Fact): string {
  return amount === null ? '' : figure(amount, currency ?? '');
}

function nameOf({ kind }: Fact): string {
  return kind.replace('_', ' ');
}

/** What people call it: of a deposit its transaction; a hash as far as people compare one. */
function idOf({ id, transaction_id, event_id }: Fact): string {
  return transaction_id ?? (event_id === null ? id.slice(0, 12) : id);
}
