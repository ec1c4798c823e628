import { OPERATION_TYPES } from './closed-lists.js';
import type { EntitySpec } from './entity-spec.js';

/** A whole game session so far: a later record of it replaces an earlier one, and is never added to it. */
export const game_session = {
  table: 'game_sessions',
  meaning: 'a whole game session so far, which replaces what was told of it before',
  key: 'session_id',
  player: 'player_id',
  version: 'updated_at',
  tieBreaks: ['bet_count', 'win_count'],
  fields: {
    player_id: { type: 'id', required: true, meaning: 'Who played.' },
    session_id: { type: 'id', required: true, meaning: 'Id of the session.' },
    game_code: { type: 'id', meaning: 'Id of the game.' },
    game_name: { type: 'text', required: true, meaning: 'Name of the game.' },
    currency: { type: 'currency', required: true, meaning: 'Currency of the amounts.' },
    bet_count: { type: 'count', required: true, meaning: 'How many bets there were.' },
    win_count: { type: 'count', required: true, meaning: 'How many wins there were.' },
    bet_amount: { type: 'amount', required: true, meaning: 'Sum of the bets.' },
    win_amount: { type: 'amount', required: true, meaning: 'Sum of the wins.' },
    created_at: { type: 'instant', required: true, meaning: 'First action of the session.' },
    updated_at: { type: 'instant', required: true, meaning: 'Last action of the session.' },
    game_vendor: { type: 'text', meaning: "The game's vendor." },
    balance_type: { type: OPERATION_TYPES, absent: 'Normal', meaning: 'Which money was played with.' },
    ip: { type: 'text', meaning: 'IP address.' },
    user_agent: { type: 'text', meaning: 'The User-Agent header.' },
    ref_code: { type: 'text', meaning: 'Referral code.' },
  },
} as const satisfies EntitySpec;
