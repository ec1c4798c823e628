import { EVENT_KINDS, MAX_SCALE, TRUSTS } from '#libs/events';
import type { Comparison, FieldSpec, MappingRule } from '../definition.js';
import { choice, flag, list, map, object, optional, reference, text, type Schema } from '#libs/yaml-file';

/** A value that is compared or stands as it is. */
export const SCALAR: Schema = {
  description: 'A text, a number, true, false or null.',
  type: ['string', 'number', 'boolean', 'null'],
};

/** A number, or its text where it has more digits than a number holds. */
const NUMBER_OR_TEXT: Schema = { type: ['number', 'string'] };

export const COMPARISON_SCHEMA: Schema = {
  ...object<Comparison>('What must hold of the value at the path; all of it.', {
    equals: optional({ ...SCALAR, description: 'This value; a number and its text are alike.' }),
    in: optional(list('One of these values; a number and its text are alike.', SCALAR)),
    exists: optional(flag('Whether there is a value: neither absent, null nor the empty text.')),
    gt: optional({ ...NUMBER_OR_TEXT, description: 'Greater than this, by value where both are numbers.' }),
    lt: optional({ ...NUMBER_OR_TEXT, description: 'Less than this, by value where both are numbers.' }),
    matches: optional(text('Regular expression that the text has somewhere.', 'regular-expression')),
  }),
  minProperties: 1,
};

/** Paths are members of one's own, so that `all`, `any` and `not` are the only ones known. */
export const CONDITION_SCHEMA: Schema = {
  description:
    'Paths and what must hold of their values, all of them; or `all`, `any` or `not` alone. A member that is named so is `$.all`.',
  type: 'object',
  properties: {
    all: list('All of these hold.', reference('condition')),
    any: list('At least one of these holds.', reference('condition')),
    not: reference('condition', 'This does not hold.'),
  },
  propertyNames: { format: 'path' },
  additionalProperties: reference('comparison'),
  minProperties: 1,
};

type Members = Exclude<FieldSpec, string>;

const field = object<Members>('', {
  path: optional({ description: 'Path of the value.', type: 'string', format: 'path' }),
  const: optional({ ...SCALAR, description: 'Always this value.' }),
  first_of: optional(list('The first of these that has a value.', reference('field'))),
  concat: optional(
    list('All of these, one after the other; no value where one has none.', reference('field')),
  ),
  default: optional({ ...SCALAR, description: 'The value where there is none.' }),
  case: optional(choice('Turns letters into these.', ['lower', 'upper'])),
  trim: optional(flag('Takes white space off both ends.')),
  prefix: optional(text('Put before the value.')),
  strip_prefix: optional(text('Taken off where the value begins with it.')),
  values: optional({
    ...map(
      'What stands for what; a value that is not among them is refused, save where `default` is given.',
      SCALAR,
    ),
    minProperties: 1,
  }),
  type: optional(
    choice('What the value is.', ['string', 'integer', 'decimal', 'boolean', 'timestamp'] as const),
  ),
  time: optional(
    text(
      "How a time is written: Luxon's tokens, `iso`, `epoch_seconds`, `epoch_ms` or `epoch_us`.",
      'time-format',
    ),
  ),
  timezone: optional(
    text('IANA name or offset (`-05:00`); required where `time` itself names none.', 'time-zone'),
  ),
  money: optional({
    description: 'Its currency: a code, or the path of one. Sets `currency` beside an `amount`.',
    type: ['string', 'object'],
    minLength: 1,
    properties: { path: text('Path of the currency.', 'path') },
    required: ['path'],
    additionalProperties: false,
  }),
  minor_units: optional({
    description:
      "The number counts the currency's smallest units, as cents. `true`: of ISO 4217, and a record in any other currency is refused. A number from 0 to 18: that many digits, whatever the currency. By code, as `{USDC: 6}`: those digits, and of every other currency those of ISO 4217.",
    type: ['boolean', 'integer', 'object'],
    minimum: 0,
    maximum: MAX_SCALE,
    minProperties: 1,
    propertyNames: { pattern: '^[A-Z][A-Z0-9]{2,9}$' },
    additionalProperties: {
      description: 'Digits of its smallest unit.',
      type: 'integer',
      minimum: 0,
      maximum: MAX_SCALE,
    },
  }),
  negate: optional(flag('Turns the sign of a number.')),
  url_param: optional(text('The value is a URL (or a query); this parameter of it, whatever its case.')),
  pattern: optional(
    text(
      'Regular expression; its first group, else all of it. What does not match has no value.',
      'regular-expression',
    ),
  ),
});

/** A path, or more. */
export const FIELD_SCHEMA: Schema = {
  ...field,
  description:
    'A path, or where the value comes from and what becomes of it, in this order: trim, url_param, pattern, strip_prefix, case, prefix, values, default, negate, then time, money or type. What is absent, null or the empty text is no value.',
  type: ['string', 'object'],
  format: 'path',
};

const fields = (description: string, names?: Schema): Schema => ({
  ...map(description, reference('field')),
  ...(names && { propertyNames: names }),
});

export const RULE_SCHEMA: Schema = object<MappingRule>(
  'A record makes an event of this kind where `when` holds; with `for_each` one for every element of that array.',
  {
    event: choice('A kind of canonical event.', EVENT_KINDS),
    when: optional(reference('condition')),
    for_each: optional(
      text(
        'Path of an array; paths that begin with `$.` lead into the whole record, others into the element.',
        'path',
      ),
    ),
    group: optional(text('Of rules with the same group only the first that fits makes events.')),
    fields: fields(
      'Fields of the event (of an entity: of its record) by their names; `goal` and `offer` of a payout become custom fields.',
    ),
    custom: optional(fields("What the source says beyond the known fields, by names of one's own.")),
    custom_rest: optional(
      flag('Every column or member that no field of the rule reads becomes a custom field under its name.'),
    ),
    sub_ids: optional(fields("The affiliate's labels.", { pattern: '^sub([1-9]|10)$' })),
    utm: optional(
      fields('Without the `utm_` prefix.', { enum: ['source', 'medium', 'campaign', 'term', 'content'] }),
    ),
    ad_click_ids: optional(
      fields('Click ids of advertising networks, as `gclid`.', { pattern: '^[a-z_][a-z0-9_]{0,31}$' }),
    ),
    trust: optional(
      choice('By which way the source tells. Absent: `partner_api`; of a postback `postback`.', TRUSTS),
    ),
  },
);
