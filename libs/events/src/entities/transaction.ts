import { DIRECTIONS, OPERATION_TYPES, TRANSACTION_STATUSES } from './closed-lists.js';
import type { EntitySpec } from './entity-spec.js';

/** A movement of a player's money. Real money coming in is a deposit. */
export const transaction = {
  table: 'transactions',
  meaning: "a movement of a player's money",
  key: 'id',
  player: 'player_id',
  version: 'updated_at',
  tieBreaks: ['status'],
  fields: {
    id: { type: 'id', required: true, meaning: 'Id of the transaction.' },
    player_id: { type: 'id', required: true, meaning: 'Whose money it is.' },
    amount: { type: 'amount', required: true, meaning: 'How much, in units of `currency`.' },
    currency: { type: 'currency', required: true, meaning: 'Original currency.' },
    type: {
      type: OPERATION_TYPES,
      absent: 'Normal',
      meaning: 'Which money it is: `Normal` is real money, `Prize` a bonus.',
    },
    status: { type: TRANSACTION_STATUSES, absent: 'Success', meaning: 'How far it has come.' },
    payment_system: { type: 'text', meaning: 'Name of the payment system.' },
    dir: { type: DIRECTIONS, required: true, meaning: 'Into the balance or out of it.' },
    created_at: { type: 'instant', required: true, meaning: 'When the transaction was created.' },
    updated_at: { type: 'instant', required: true, meaning: 'When anything of it last changed.' },
    invoice_id: { type: 'id', meaning: "The external payment system's id of the invoice." },
    wallet_id: { type: 'id', meaning: 'Wallet that it changes.' },
    user_agent: { type: 'text', meaning: 'The User-Agent header.' },
    ip: { type: 'text', meaning: 'IP address.' },
    requisite: { type: 'text', meaning: 'What it was paid with: mask of a card, e-mail address, wallet.' },
    comment: { type: 'text', meaning: 'Comment.' },
  },
} as const satisfies EntitySpec;
