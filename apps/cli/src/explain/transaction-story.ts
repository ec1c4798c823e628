import type { Instant } from '#libs/events';
import { at, facts, money, paragraph, section } from './text.js';

/** A row of table `transactions`, without what is about a person. */
export interface TransactionStory {
  brand: string;
  id: string;
  player_id: string;
  amount: string;
  currency: string;
  /** Which money; null: real money. */
  type: string | null;
  /** Null: Success. */
  status: string | null;
  dir: string;
  created_at: Instant;
  updated_at: Instant;
  source: string;
  trust: string;
  /** 1: the record of a product API; 0: made of a withdrawal or bonus that another source told of. */
  authority: number;
  event_id: string;
  received_at: Instant;
  /** The deposit that it is. */
  conversion_id: string | null;
}

/** Why a transaction is a conversion, or why it is none. */
export function whyConversion(t: TransactionStory): string {
  if (t.conversion_id !== null)
    return `It is real money that comes in: a deposit, conversion ${t.conversion_id}.`;
  if (t.authority === 0) {
    return `It is no conversion: it was told as a ${t.dir === 'OUT' ? 'withdrawal' : 'bonus'}, and only a deposit is one.`;
  }
  if (t.dir !== 'IN')
    return 'It is no conversion: the money goes out of the balance, and only a deposit is one.';
  return `It is no conversion: its money is of type ${t.type}, and only real money (Normal) that comes in is a deposit.`;
}

/** The row, and why it is a conversion or none. */
export function tellTransaction(t: TransactionStory): string {
  return section(`Transaction ${t.id} of ${t.brand}, in table transactions`, [
    facts([
      [
        'says',
        [money(t), t.type ?? 'Normal', t.dir, t.status ?? 'Success', `player ${t.player_id}`].join(', '),
      ],
      ['created', at(t.created_at)],
      ['changed', at(t.updated_at)],
      ['told by', `${t.source}, received ${at(t.received_at)}`],
      ['event id', t.event_id],
    ]),
    paragraph(whyConversion(t)),
  ]);
}
