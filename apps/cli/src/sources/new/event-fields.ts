import { isEntityKind, isList, specOf, type EntityKind, type EventKind, type FieldSpec } from '#libs/events';

/** How a field of an event is filled from a record. */
export type FieldForm = 'text' | 'time' | 'money' | 'currency' | 'flag';

/** A field of an event that a mapping can fill. */
export interface EventField {
  name: string;
  form: FieldForm;
  required: boolean;
  /** Names under which partners have it, the likeliest first. */
  known: readonly string[];
}

/** Names that partners use, by those of canonical events. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  transaction_id: [
    ...[
      'transaction_id',
      'transactionId',
      'conversion_id',
      'conversionId',
      'tx_id',
      'txid',
      'order_id',
      'orderId',
    ],
    ...['transaction', 'reference', 'id'],
  ],
  refund_id: ['refund_id', 'refundId', 'id'],
  player_id: [
    'player_id',
    'playerId',
    'player',
    'user_id',
    'userId',
    'customer_id',
    'customerId',
    'uid',
    'account_id',
    'customer_user_id',
  ],
  user_id: ['customer.id', 'customer_id', 'user_id', 'userId'],
  occurred_at: [
    ...[
      'occurred_at',
      'date_time',
      'datetime',
      'created_at',
      'createdAt',
      'transaction_date',
      'transactionDate',
    ],
    ...[
      'event_time',
      'event_date',
      'conversion_time',
      'conversion_date',
      'timestamp',
      'created',
      'time',
      'date',
    ],
  ],
  amount: [
    ...[
      'payout',
      'amount',
      'commission',
      'revenue',
      'event_revenue',
      'commissionAmount.amount',
      'total_price',
      'total',
      'value',
      'sum',
    ],
  ],
  currency: [
    'currency',
    'currency_code',
    'currencyCode',
    'currency_id',
    'commissionAmount.currency',
    'event_revenue_currency',
  ],
  click_id: ['click_id', 'clickId', 'clickid', 'sub_id1', 'subid_1', 'sub1', 'clickRefs.clickRef'],
  version: [
    'updated_at',
    'updatedAt',
    'modified_at',
    'modifiedAt',
    'last_modified',
    'changed_at',
    'amended_at',
  ],
  touch_id: ['touch_id', 'event_id', 'id'],
  client_id: ['client_id', 'clientId', 'user_pseudo_id', 'ga_client_id'],
};

const optional = (name: string, form: FieldForm = 'text'): EventField => field(name, form, false);
const required = (name: string, form: FieldForm = 'text'): EventField => field(name, form, true);

function field(name: string, form: FieldForm, isRequired: boolean): EventField {
  return { name, form, required: isRequired, known: KNOWN[name] ?? [name] };
}

const WHEN = required('occurred_at', 'time');
const WHOSE = [optional('player_id'), optional('click_id')];
const MONEY = optional('amount', 'money');
/** When the record was last changed: of two tellings the later stands. */
const VERSION = optional('version', 'time');

/** What a mapping of these kinds fills; `conversion_type` and `partner` are no fields of the record. */
const OF_KIND: Record<Exclude<EventKind, EntityKind>, readonly EventField[]> = {
  install: [WHEN, VERSION, ...WHOSE],
  registration: [WHEN, VERSION, ...WHOSE],
  deposit: [WHEN, VERSION, optional('transaction_id'), ...WHOSE, MONEY],
  purchase: [WHEN, VERSION, optional('transaction_id'), ...WHOSE, optional('user_id'), MONEY],
  payout: [WHEN, VERSION, required('transaction_id'), ...WHOSE, MONEY],
  withdrawal: [WHEN, VERSION, required('transaction_id'), required('player_id'), required('amount', 'money')],
  bonus: [WHEN, VERSION, required('transaction_id'), required('player_id'), required('amount', 'money')],
  refund: [WHEN, required('transaction_id'), required('refund_id'), required('amount', 'money')],
  reversal: [WHEN, required('transaction_id'), optional('player_id')],
  retraction: [WHEN, required('version', 'time'), required('transaction_id'), ...WHOSE],
  click: [WHEN, required('click_id'), optional('player_id')],
  touchpoint: [WHEN, required('touch_id'), ...WHOSE, optional('client_id')],
  identity_link: [WHEN, required('player_id'), required('client_id')],
};

/** What a mapping of a kind fills, in the order in which a person thinks of it. */
export function fieldsOfKind(kind: EventKind): readonly EventField[] {
  return isEntityKind(kind) ? fieldsOfEntity(kind) : OF_KIND[kind];
}

function fieldsOfEntity(kind: EntityKind): EventField[] {
  return Object.entries(specOf(kind).fields)
    .filter(([name, { type }]) => type !== 'currency' || !hasMoney(kind) || name !== 'currency')
    .map(([name, spec]) => ({
      name,
      form: formOf(kind, spec),
      required: spec.required === true,
      known: [name, name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())],
    }));
}

/** Whether the record of an entity has a currency, which its amounts bring with them. */
function hasMoney(kind: EntityKind): boolean {
  return 'currency' in specOf(kind).fields;
}

function formOf(kind: EntityKind, { type }: FieldSpec): FieldForm {
  if (isList(type)) return 'text';
  if (type === 'instant') return 'time';
  if (type === 'flag') return 'flag';
  if (type === 'amount' || type === 'balance') return hasMoney(kind) ? 'money' : 'text';
  return type === 'currency' ? 'currency' : 'text';
}

/** Names of a currency's field. */
export const KNOWN_CURRENCY_FIELDS: readonly string[] = KNOWN['currency']!;

/** The field of a record that is probably the event's. */
export function likelyPath(known: readonly string[], paths: readonly string[]): string | undefined {
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .replace(/\.#text$/, '')
      .replace(/^[^.]*:/, '')
      .replace(/[@_ -]/g, '');
  for (const name of known) {
    const found = paths.find((path) => plain(path) === plain(name));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Names of the field that tells when it happened. */
export const KNOWN_TIME_FIELDS: readonly string[] = KNOWN['occurred_at']!;
