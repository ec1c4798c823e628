import { OPERATION_TYPES } from './closed-lists.js';
import type { EntitySpec } from './entity-spec.js';

/** A player's bet on one or more selections. */
export const bet = {
  table: 'bets',
  meaning: "a player's sports bet",
  key: 'id',
  player: 'player_id',
  version: 'modified_at',
  tieBreaks: [],
  fields: {
    id: { type: 'id', required: true, meaning: 'Id of the bet.' },
    player_id: { type: 'id', required: true, meaning: 'Whose bet it is.' },
    status: { type: 'text', meaning: 'Status, as the product has it.' },
    type: { type: 'text', required: true, meaning: 'Type, as the product has it.' },
    stake: { type: 'amount', meaning: 'What was staked, in units of `currency`.' },
    win_amount: { type: 'amount', meaning: 'What was won, in units of `currency`.' },
    currency: { type: 'currency', meaning: 'Currency of the amounts.' },
    kind: { type: OPERATION_TYPES, absent: 'Normal', meaning: 'Which money was staked.' },
    created_at: { type: 'instant', required: true, meaning: 'When the bet was made.' },
    user_agent: { type: 'text', meaning: 'The User-Agent header.' },
    modified_at: { type: 'instant', required: true, meaning: 'When the bet was last modified.' },
  },
} as const satisfies EntitySpec;
