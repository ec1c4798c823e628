import type { EntitySpec } from './entity-spec.js';

/** A match or race that can be bet on. */
export const sport_event = {
  table: 'sport_events',
  meaning: 'a sports event that can be bet on',
  key: 'id',
  tieBreaks: [],
  fields: {
    id: { type: 'id', required: true, meaning: 'Id of the event.' },
    tournament_id: { type: 'id', required: true, meaning: 'Tournament that it belongs to.' },
    title: { type: 'text', required: true, meaning: 'Title.' },
    status: { type: 'text', required: true, meaning: 'Status, as the product has it.' },
    start_time: { type: 'instant', required: true, meaning: 'When it begins.' },
    end_time: { type: 'instant', meaning: 'When it ends.' },
    type: { type: 'text', required: true, meaning: 'Type, as the product has it.' },
  },
} as const satisfies EntitySpec;
