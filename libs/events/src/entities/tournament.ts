import type { EntitySpec } from './entity-spec.js';

/** A tournament whose events can be bet on. */
export const tournament = {
  table: 'tournaments',
  meaning: 'a sports tournament',
  key: 'id',
  tieBreaks: [],
  fields: {
    id: { type: 'id', required: true, meaning: 'Id of the tournament.' },
    name: { type: 'text', required: true, meaning: 'Name of the tournament.' },
    sport_id: { type: 'id', meaning: 'Id of the sport.' },
    sport_name: { type: 'text', meaning: 'Name of the sport.' },
    country_code: { type: 'text', meaning: 'Code of the country.' },
    date_start: { type: 'instant', required: true, meaning: 'When it begins.' },
    date_end: { type: 'instant', meaning: 'When it ends.' },
  },
} as const satisfies EntitySpec;
