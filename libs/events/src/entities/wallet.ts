import { OPERATION_TYPES } from './closed-lists.js';
import type { EntitySpec } from './entity-spec.js';

/** A balance of a player in one currency and of one kind of money. */
export const wallet = {
  table: 'wallets',
  meaning: "a player's wallet",
  key: 'id',
  player: 'player_id',
  version: 'modified_at',
  tieBreaks: [],
  fields: {
    id: { type: 'id', required: true, meaning: 'Id of the wallet.' },
    player_id: { type: 'id', required: true, meaning: 'Whose wallet it is.' },
    type: { type: OPERATION_TYPES, required: true, meaning: 'Which money it holds.' },
    balance: { type: 'balance', required: true, meaning: 'What is in it, in units of `currency`.' },
    currency: { type: 'currency', required: true, meaning: 'Currency of `balance`.' },
    created_at: { type: 'instant', required: true, meaning: 'When the wallet was created.' },
    modified_at: { type: 'instant', required: true, meaning: 'When the balance last changed.' },
  },
} as const satisfies EntitySpec;
