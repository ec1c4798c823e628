import { TRUST_NAMES, trustedAs } from '#apps/attribution';
import type { ConversionFact } from '#libs/database';
import { instantFromMs, instantToMicros, type Instant, type Trust } from '#libs/events';
import type { TransactionStory } from './transaction-story.js';
import { at, facts, list, money, section } from './text.js';

/** Stands where an event came without a receipt. */
export const NO_RECEIPT = '00000000-0000-0000-0000-000000000000';

/** What one source says of a conversion. */
export interface FactStory {
  /** Of the conversion that it tells of; that of a weak deposit where it is part of another. */
  conversion_id: string;
  source: string;
  trust: Trust;
  /** No transaction id: it may be the same deposit as one that has one. */
  weak: boolean;
  status: ConversionFact['status'];
  player_id: string | null;
  click_id: string | null;
  client_id: string | null;
  user_id: string | null;
  transaction_id: string | null;
  amount: string | null;
  currency: string | null;
  /** When it happened, as the source has it. */
  occurred_at: Instant;
  /** When the word that stands was received, and when the source told of it first. */
  received_at: Instant;
  first_received_at: Instant;
  /** The source's own revision as a number; null: it has none, and its earliest word stands. */
  version: string | null;
  event_id: string;
  receipt_id: string | null;
  /** Everything that the source said of player and money without a version, where it said more than one thing. */
  also_said: { players: string[]; money: string[] };
  /** Names of its custom fields; their values may be about a person. */
  custom_fields: string[];
  /** The row of a product API's `transactions` that it is. */
  transaction: TransactionStory | null;
}

/** @param transactions rows of `transactions` that are facts of the conversion */
export function factStory(f: ConversionFact, transactions: readonly TransactionStory[]): FactStory {
  const isVersioned = f.version !== -instantToMicros(f.occurred_at);
  const [low, high] = [f.player_id_low, f.player_id_high];
  const said = [f.money_low, f.money_high].map((m) => m?.split(' ').reverse().join(' '));
  return {
    conversion_id: f.conversion_id,
    source: f.source,
    trust: trustedAs(f),
    weak: f.weak,
    status: f.status,
    player_id: f.player_id,
    click_id: f.click_id,
    client_id: f.client_id,
    user_id: f.user_id,
    transaction_id: f.transaction_id,
    amount: f.amount,
    currency: f.currency,
    occurred_at: f.occurred_at,
    received_at: f.received_at,
    first_received_at: f.first_received_at,
    version: isVersioned ? String(f.version) : null,
    event_id: f.event_id,
    receipt_id: f.receipt_id === NO_RECEIPT ? null : f.receipt_id,
    also_said: {
      players: others([low, high], f.player_id),
      money: others(said, money(f) ?? null),
    },
    custom_fields: Object.keys(f.custom).sort(),
    transaction: transactions.find((t) => t.event_id === f.event_id && t.source === f.source) ?? null,
  };
}

function others(said: readonly (string | null | undefined)[], standing: string | null): string[] {
  return [...new Set(said)].filter((word): word is string => word != null && word !== standing);
}

/** The word of a source: what it says, when it happened and came, and how it is found in the log. */
export function tellFact(f: FactStory): string {
  const told = f.transaction
    ? ', its row in table transactions'
    : f.weak
      ? ', weak: it has no transaction id'
      : '';
  const received =
    f.first_received_at === f.received_at
      ? at(f.received_at)
      : `${at(f.received_at)}; the source told of it first ${at(f.first_received_at)}`;
  const { players, money: amounts } = f.also_said;
  return section(`Fact by ${f.source} (${TRUST_NAMES[f.trust]})${told}`, [
    facts([
      ['says', saysOf(f)],
      ['it also said', players.length + amounts.length === 0 ? undefined : list([...players, ...amounts])],
      ['happened', at(f.occurred_at)],
      ['received', received],
      [
        'version',
        f.version === null
          ? 'none: of its words without a version the earliest stands'
          : tellVersion(f.version),
      ],
      ['event id', f.event_id],
      ['receipt', f.receipt_id ?? undefined],
      ['custom fields', f.custom_fields.length === 0 ? undefined : f.custom_fields.join(', ')],
    ]),
  ]);
}

function saysOf(f: FactStory): string {
  const status = f.transaction
    ? `${f.status} (its status is ${f.transaction.status ?? 'absent, which is Success'})`
    : f.status;
  const named = (['player', 'click', 'client', 'user', 'transaction'] as const).flatMap((what) => {
    const id = f[`${what}_id`];
    return id === null ? [] : [`${what} ${id}`];
  });
  return [money(f), status, ...named].filter((part) => part !== undefined).join(', ');
}

/** A revision that is an instant's microseconds is told as that instant. */
export function tellVersion(version: string): string {
  if (!/^1\d{15}$/.test(version)) return version;
  const ms = instantFromMs(Number(version.slice(0, -3)));
  return at(ms.slice(0, 23) + version.slice(-3) + 'Z');
}
