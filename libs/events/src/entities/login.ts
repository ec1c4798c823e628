import type { EntitySpec } from './entity-spec.js';

/** A player's attempt to log in. */
export const login = {
  table: 'logins',
  meaning: "a player's attempt to log in",
  key: 'id',
  player: 'player_id',
  version: 'created_at',
  tieBreaks: [],
  fields: {
    id: { type: 'id', required: true, meaning: 'Id of the login.' },
    player_id: { type: 'id', required: true, meaning: 'Who logged in.' },
    ip: { type: 'text', meaning: 'IP address.' },
    created_at: { type: 'instant', required: true, meaning: 'When it was.' },
    ref_code: { type: 'text', meaning: 'Referral code.' },
    traffic_source: { type: 'text', meaning: 'Source of traffic.' },
    user_agent: { type: 'text', meaning: 'The User-Agent header.' },
    host: { type: 'text', meaning: 'Real host name, where there are mirrors.' },
    is_success: { type: 'flag', meaning: 'The player is in.' },
    fail_reason: { type: 'text', meaning: 'Why it failed; empty where it did not.' },
  },
} as const satisfies EntitySpec;
