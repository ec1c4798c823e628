import type { EntitySpec } from './entity-spec.js';

/** One outcome that a bet is on. */
export const bet_selection = {
  table: 'bet_selections',
  meaning: 'one outcome that a bet is on',
  key: 'id',
  version: 'updated_at',
  tieBreaks: [],
  fields: {
    id: { type: 'id', required: true, meaning: 'Id of the selection.' },
    bet_id: { type: 'id', required: true, meaning: 'Bet that it belongs to.' },
    event_id: { type: 'id', required: true, meaning: 'Sports event that it is about.' },
    ratio: { type: 'decimal', meaning: 'Odds.' },
    status: { type: 'text', meaning: 'Status, as the product has it.' },
    market: { type: 'text', required: true, meaning: 'What about the event it is on.' },
    created_at: { type: 'instant', required: true, meaning: 'When the selection was made.' },
    updated_at: { type: 'instant', required: true, meaning: 'When the selection was last changed.' },
  },
} as const satisfies EntitySpec;
