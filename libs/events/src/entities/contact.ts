import type { EntitySpec } from './entity-spec.js';

/** How a player can be reached; one record a player. */
export const contact = {
  table: 'contacts',
  meaning: "a player's contacts",
  key: 'player_id',
  player: 'player_id',
  version: 'modified_at',
  tieBreaks: [],
  fields: {
    player_id: { type: 'id', required: true, meaning: 'Whose contacts they are.' },
    email: { type: 'text', meaning: 'E-mail address.' },
    email_confirmed_at: { type: 'instant', meaning: 'When the e-mail address was confirmed.' },
    email_subscribe: { type: 'flag', meaning: 'The e-mail address is subscribed to some communication.' },
    phone: { type: 'text', meaning: 'Phone number.' },
    phone_subscribe: { type: 'flag', meaning: 'The phone number is subscribed to some communication.' },
    phone_confirmed_at: { type: 'instant', meaning: 'When the phone number was confirmed.' },
    push_token: { type: 'text', meaning: 'Token for push messages.' },
    created_at: { type: 'instant', required: true, meaning: 'When the contacts were created.' },
    modified_at: { type: 'instant', required: true, meaning: 'When the contacts were last modified.' },
  },
} as const satisfies EntitySpec;
