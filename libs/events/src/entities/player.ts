import type { EntitySpec } from './entity-spec.js';

/** Someone who plays with a brand. */
export const player = {
  table: 'players',
  meaning: 'a player',
  key: 'id',
  player: 'id',
  version: 'modified_at',
  tieBreaks: [],
  fields: {
    id: { type: 'id', required: true, meaning: "The brand's id of the player." },
    first_name: { type: 'text', meaning: 'First name.' },
    last_name: { type: 'text', meaning: 'Last name.' },
    gender: { type: 'text', meaning: 'Gender, as the product has it.' },
    country: { type: 'text', meaning: 'Country, as the product has it.' },
    city: { type: 'text', meaning: 'City.' },
    ip: { type: 'text', meaning: 'IP address.' },
    birthday: { type: 'date', meaning: 'Day of birth.' },
    registered_at: { type: 'instant', required: true, meaning: 'When the player registered.' },
    ref_code: { type: 'text', meaning: 'Code by which the source of traffic is found.' },
    traffic_source: { type: 'text', meaning: 'Source of traffic.' },
    user_agent: { type: 'text', meaning: 'The User-Agent header.' },
    locale: { type: 'text', meaning: 'Preferred language (ISO 639), with the country: `en_US`, `es`.' },
    modified_at: { type: 'instant', required: true, meaning: 'When the player was last modified.' },
    is_blocked: { type: 'flag', meaning: 'The player was blocked and cannot log in.' },
    self_excluded: { type: 'flag', meaning: 'The player is to get no communication of any kind.' },
  },
} as const satisfies EntitySpec;
