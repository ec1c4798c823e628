import { choice, flag, list, object, optional, text, type FileSchema, type Schema } from '#libs/yaml-file';
import type { OperationType } from '../agreement.js';
import {
  AGREEMENT_PARTS,
  AGREEMENT_SCHEMA,
  BRAND,
  RANGE,
  currency,
  money,
  name,
  rate,
} from './agreement-schema.js';
import { DEAL_FORMATS } from './deal-formats.js';
import type { WrittenNgr, WrittenNgrVersion } from './deal-as-written.js';

const OPERATIONS: readonly OperationType[] = ['Prize', 'Compensation', 'Cash back', 'Other'];
const operations = (description: string): Schema =>
  list(description, choice('Type of a transaction.', OPERATIONS), 0);

const NGR_VERSION_SCHEMA = object<WrittenNgrVersion>(
  'How NGR is reckoned within a range of days: `(1 − tax − provider − platform) · GGR`, less the rest. What is left out is not deducted.',
  {
    ...RANGE,
    tax: optional(rate('Gaming tax, of GGR.')),
    provider: optional(rate('Fees of providers of games, of GGR.')),
    platform: optional(rate('Fee of the platform, of GGR.')),
    bonus: optional(operations('Types of transactions that are bonuses: what came in is deducted.')),
    jackpot: optional(rate('Share of the stakes that feeds jackpots.')),
    chargebacks: optional(
      flag('Whether money of deposits that were refunded or reversed is deducted. Absent: false.'),
    ),
    adjustments: optional(
      operations('Types of transactions that are adjustments: what came in less what went out is deducted.'),
    ),
    deposit_fee: optional(rate('Of deposits.')),
    withdrawal_fee: optional(rate('Of withdrawals.')),
    fixed: optional(
      object<NonNullable<WrittenNgrVersion['fixed']>>('For each player and month with any activity.', {
        amount: money('So much.'),
        currency: currency('In this currency.'),
      }),
    ),
    admin_fee: optional(rate('Of NGR where it is above 0; the share is paid on the rest.')),
  },
);

const NGR_SCHEMA = object<WrittenNgr>('How a brand reckons NGR (net gaming revenue).', {
  ngr: name('Its name, unique in the brand.'),
  brand: BRAND,
  time_zone: text('IANA name of the zone whose midnights begin its days.', 'time-zone'),
  versions: list('In the order of their days, which do not overlap.', NGR_VERSION_SCHEMA),
});

/** JSON Schema of a file of `AGREEMENTS_DIR`, for the loader and for editors (`deal-file.schema.json`). */
export const DEAL_SCHEMA: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'deal-file.schema.json',
  title: 'Agreement or definition of NGR',
  description: 'A file of `AGREEMENTS_DIR`: with the key `agreement` a deal, with `ngr` a definition of NGR.',
  if: { type: 'object', required: ['ngr'] },
  then: { $ref: '#/$defs/ngr' },
  else: { $ref: '#/$defs/agreement' },
  $defs: { agreement: AGREEMENT_SCHEMA, ngr: NGR_SCHEMA, ...AGREEMENT_PARTS },
};

/** The schema with what it leaves to code. */
export const DEAL_FILE_SCHEMA: FileSchema = {
  schema: DEAL_SCHEMA,
  formats: DEAL_FORMATS,
  patterns: {
    '^[a-z0-9][a-z0-9_-]{0,63}$': 'must be up to 64 of a-z, 0-9, _ and -, the first a letter or digit',
    '^[A-Z][A-Z0-9]{2,9}$': 'must be the code of a currency, as EUR',
    '^sub([1-9]|10)$': 'must be sub1 to sub10',
  },
};
