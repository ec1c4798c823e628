import { canonicalJson, fieldRules, isDate, parseAmount } from '#libs/events';
import type { FieldSpec } from '../definition.js';
import type { JsonValue } from '../json.js';
import type { FieldTarget } from './event-fields.js';
import { Fault } from './fault.js';
import { compileTime, type ParseTime } from './parse-time.js';
import { textOf } from './read-value.js';
import { parseTimeFormat } from './time-format.js';

/** What a field of an event holds; `undefined` where the value says nothing. */
export type FieldValue = string | number | boolean | undefined;

/**
 * Makes of a value what its field holds.
 * @param exponent digits of the currency's smallest unit, where the number counts those
 */
export type Convert = (value: Exclude<JsonValue, null>, exponent: number | undefined) => FieldValue | Fault;

type Spec = Exclude<FieldSpec, string>;

/** @param target what the field holds; `custom`: what `type` says, else the value as it is */
export function compileConvert(target: FieldTarget | 'custom', spec: Spec): Convert {
  if (typeof target !== 'string') return text;
  switch (target) {
    case 'id':
      return id;
    case 'text':
    case 'source_name':
      return text;
    case 'currency':
      return changed((t) => t.toUpperCase());
    case 'uuid':
      return changed((t) => t.toLowerCase());
    case 'instant':
      return instant(timeOf(spec));
    case 'date':
      return date(spec);
    case 'version':
      return version(timeOf(spec));
    case 'flag':
      return flag;
    case 'test':
      return (value, exponent) => {
        const told = flag(value, exponent);
        return told === false ? undefined : told;
      };
    case 'amount':
    case 'balance':
    case 'decimal':
      return decimal;
    case 'count':
      return count;
    case 'custom':
      return custom(spec);
  }
}

function custom(spec: Spec): Convert {
  switch (spec.type ?? (spec.time === undefined ? undefined : 'timestamp')) {
    case 'string':
      return text;
    case 'integer':
      return integer;
    case 'decimal':
      return (value, exponent) => asNumber(decimal(value, exponent));
    case 'boolean':
      return flag;
    case 'timestamp':
      return instant(timeOf(spec));
    case undefined:
      return spec.money !== undefined || (spec.minor_units ?? false) !== false ? decimal : scalar;
  }
}

const NO_TEXT = new Fault('must be a text or a number');

const text: Convert = (value) => textOf(value) ?? NO_TEXT;

function changed(change: (text: string) => string): Convert {
  return (value) => {
    const t = textOf(value);
    return t === undefined ? NO_TEXT : change(t);
  };
}

const id = changed((t) => (fieldRules.isPrintableAscii(t) ? t : t.normalize('NFC')));

const NO_DECIMAL = new Fault(
  'must be a plain decimal of up to 20 digits before and 18 behind the point, without exponent, signs of thousands or currency',
);

const decimal: Convert = (value, exponent) => {
  const t = typeof value === 'boolean' ? undefined : textOf(value);
  if (t === undefined) return NO_DECIMAL;
  return (exponent === undefined ? parseAmount(t) : amountOfMinorUnits(t, exponent)) ?? NO_DECIMAL;
};

const MINOR_UNITS = /^(-?)(\d{1,38})(?:\.(\d{1,18}))?$/;

/** The amount of so many smallest units; more digits than an amount has can stand before the point, as of wei. */
function amountOfMinorUnits(text: string, exponent: number): string | undefined {
  const found = MINOR_UNITS.exec(text);
  if (!found) return undefined;
  const [, sign, units = '', rest = ''] = found;
  const digits = units.padStart(exponent + 1, '0');
  const point = digits.length - exponent;
  const fraction = (digits.slice(point) + rest).replace(/0+$/, '');
  const whole = digits.slice(0, point).replace(/^0+(?=\d)/, '');
  return parseAmount(`${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`);
}

const NO_WHOLE = new Fault('must be a whole number');

/** A whole number in canonical digits. */
function wholeOf(value: JsonValue): string | undefined {
  const t = typeof value === 'boolean' ? undefined : textOf(value);
  if (t === undefined) return undefined;
  const amount = parseAmount(t);
  return amount === undefined || amount.includes('.') ? undefined : amount;
}

const count: Convert = (value) => wholeOf(value) ?? NO_WHOLE;
const integer: Convert = (value) => asNumber(wholeOf(value) ?? NO_WHOLE);

/** A number where one holds all digits, else their text. */
function asNumber(digits: FieldValue | Fault): FieldValue | Fault {
  if (typeof digits !== 'string') return digits;
  const number = Number(digits);
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER && textOf(number) === digits ? number : digits;
}

const NO_FLAG = new Fault('must be true or false, 1 or 0, yes or no, as value or as text');
const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'yes', 'y', 't'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'n', 'f'].map((word) => [word, false] as const),
]);

const flag: Convert = (value) => {
  if (typeof value === 'boolean') return value;
  return FLAGS.get(textOf(value)?.toLowerCase() ?? '') ?? NO_FLAG;
};

/** The value as it is; a number that JSON may round as text, a list or an object as its JSON. */
const scalar: Convert = (value) => {
  if (typeof value === 'object') return canonicalJson(value);
  return typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER ? String(value) : value;
};

/** A value of a member that no field reads, as a custom field; undefined where there is none. */
export function restOf(value: JsonValue): FieldValue {
  return value === null || value === '' ? undefined : (scalar(value, undefined) as FieldValue);
}

function timeOf(spec: Spec): { parse: ParseTime; fault: Fault } {
  const written = spec.time ?? 'iso';
  const format = parseTimeFormat(written);
  if (typeof format === 'object' && 'problem' in format) throw new TypeError(format.problem);
  const zoned = written === 'iso' && spec.timezone === undefined ? ' with its zone' : '';
  return {
    parse: compileTime(format, spec.timezone),
    fault: new Fault(`must be a time that exists, written as ${written}${zoned}`),
  };
}

function instant({ parse, fault }: ReturnType<typeof timeOf>): Convert {
  return (value) => {
    const t = typeof value === 'boolean' ? undefined : textOf(value);
    return t === undefined ? fault : (parse(t) ?? fault);
  };
}

const ISO_DAY = /^(\d{4}-\d{2}-\d{2})(?:$|[T ])/;

/** A day as it is written, whatever the zone of the time beside it. */
function date(spec: Spec): Convert {
  const { parse, fault } = timeOf({ ...spec, timezone: spec.time === undefined ? undefined : 'UTC' });
  return (value) => {
    const t = textOf(value);
    if (t === undefined) return fault;
    const day = spec.time === undefined ? ISO_DAY.exec(t)?.[1] : parse(t)?.slice(0, 10);
    return day !== undefined && isDate(day) ? day : fault;
  };
}

const WHOLE_NUMBER = /^\d{1,18}$/;

function version({ parse, fault }: ReturnType<typeof timeOf>): Convert {
  return (value) => {
    const t = typeof value === 'boolean' ? undefined : textOf(value);
    if (t === undefined) return fault;
    return parse(t) ?? (WHOLE_NUMBER.test(t) ? t : fault);
  };
}
