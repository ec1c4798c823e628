import { knownExponentOf } from '#libs/events';
import type { FieldSpec } from '../definition.js';
import type { JsonObject, JsonValue } from '../json.js';
import { compileConvert, type Convert, type FieldValue } from './convert-value.js';
import type { FieldTarget } from './event-fields.js';
import { Fault } from './fault.js';
import { compileRead, isValue, textOf, type Read } from './read-value.js';
import { compileUrlParam } from './url-param.js';

type Spec = Exclude<FieldSpec, string>;

/** Reads a field's value from a record, or says what is wrong with it. */
export interface CompiledField {
  read: (record: JsonObject, element: JsonValue) => FieldValue | Fault;
  /** What stands where the field is read, for messages. */
  given: Read;
  /** The first path that it reads. */
  path: string | undefined;
  /** Every path that it reads. */
  paths: readonly string[];
}

/** What of a field depends on others of its rule. */
export interface FieldContext {
  /** The rule's `currency`, for a field that counts smallest units without `money`. */
  currency: FieldSpec | undefined;
}

/**
 * Compiles a field into one function.
 * @param target what the field holds, or `custom`
 * @throws PathError, SyntaxError of a regular expression, TypeError of a time's format
 */
export function compileField(
  field: FieldSpec,
  target: FieldTarget | 'custom',
  context: FieldContext = { currency: undefined },
): CompiledField {
  const spec: Spec = typeof field === 'string' ? { path: field } : field;
  const paths = pathsOf(spec);
  const given = paths[0] === undefined ? () => undefined : compileRead(paths[0]);
  const origin = compileOrigin(spec);
  const convert = compileConvert(target, spec);
  const { minor_units: units = false, money } = spec;
  const exponent =
    units === false
      ? undefined
      : compileExponent(units, money === undefined ? context.currency : currencyField(money));
  return {
    read: exponent ? counted(origin, convert, exponent) : plain(origin, convert),
    given,
    path: paths[0],
    paths,
  };
}

type Found = JsonValue | undefined | Fault;
type Origin = (record: JsonObject, element: JsonValue) => Found;

function plain(origin: Origin, convert: Convert): CompiledField['read'] {
  return (record, element) => {
    const value = origin(record, element);
    if (value instanceof Fault) return value;
    return isValue(value) ? convert(value, undefined) : undefined;
  };
}

const NO_CURRENCY = new Fault('must have a currency, as it counts smallest units');
const NO_DIGITS = new Fault(
  'must be in a currency of ISO 4217, as it counts smallest units, or in one whose digits minor_units states, as {USDC: 6}',
);

function counted(origin: Origin, convert: Convert, exponent: Exponent): CompiledField['read'] {
  return (record, element) => {
    const value = origin(record, element);
    if (value instanceof Fault) return value;
    if (!isValue(value)) return undefined;
    const digits = exponent(record, element);
    return digits instanceof Fault ? digits : convert(value, digits);
  };
}

type Exponent = (record: JsonObject, element: JsonValue) => number | Fault;

/** Digits of the smallest unit of the currency that a field says. */
function compileExponent(
  units: true | number | Readonly<Record<string, number>>,
  currency: FieldSpec | undefined,
): Exponent {
  if (typeof units === 'number') return () => units;
  if (currency === undefined) return () => NO_CURRENCY;
  const stated = new Map(Object.entries(units === true ? {} : units));
  const { read } = compileField(currency, 'currency');
  return (record, element) => {
    const code = read(record, element);
    if (typeof code !== 'string') return NO_CURRENCY;
    return stated.get(code) ?? knownExponentOf(code) ?? NO_DIGITS;
  };
}

/** What `money` says, as a field of its own: a text is a code there. */
export function currencyField(money: NonNullable<Spec['money']>): FieldSpec {
  return typeof money === 'string' ? { const: money } : money;
}

function compileOrigin(spec: Spec): Origin {
  const source = compileSource(spec);
  const steps = compileTextSteps(spec);
  const fallback = spec.default;
  const lookUp = spec.values && compileValues(spec.values, fallback !== undefined);
  const changes = steps.length > 0 || lookUp !== undefined || spec.negate;
  const read: Origin = changes
    ? (record, element) => {
        const value = source(record, element);
        if (value instanceof Fault || !isValue(value)) return value;
        const text = throughSteps(value, steps);
        if (text instanceof Fault || !isValue(text)) return text;
        return lookUp ? lookUp(text) : text;
      }
    : source;
  const filled: Origin =
    fallback === undefined
      ? read
      : (record, element) => {
          const value = read(record, element);
          return value instanceof Fault || isValue(value) ? value : fallback;
        };
  return spec.negate ? negated(filled) : filled;
}

/** Turns the sign of a number's text; what is no number is left for the field's own rule to refuse. */
function negated(read: Origin): Origin {
  return (record, element) => {
    const value = read(record, element);
    const text = value instanceof Fault || !isValue(value) ? undefined : textOf(value);
    if (text === undefined) return value;
    return text.startsWith('-') ? text.slice(1) : `-${text}`;
  };
}

function compileSource(spec: Spec): Origin {
  if (spec.path !== undefined) return compileRead(spec.path);
  if (spec.first_of) return firstOf(spec.first_of.map(compilePart));
  if (spec.concat) return joined(spec.concat.map(compilePart));
  const constant = spec.const;
  return () => constant;
}

/** A part of `first_of` or `concat`: a value as it is, a time as an instant. */
function compilePart(field: FieldSpec): Origin {
  if (typeof field === 'string') return compileRead(field);
  return field.time === undefined ? compileOrigin(field) : compileField(field, 'instant').read;
}

function firstOf(parts: readonly Origin[]): Origin {
  return (record, element) => {
    for (const part of parts) {
      const value = part(record, element);
      if (value instanceof Fault || isValue(value)) return value;
    }
    return undefined;
  };
}

function joined(parts: readonly Origin[]): Origin {
  return (record, element) => {
    let text = '';
    for (const part of parts) {
      const value = part(record, element);
      if (value instanceof Fault) return value;
      if (!isValue(value)) return undefined;
      const piece = textOf(value);
      if (piece === undefined) return NO_TEXT;
      text += piece;
    }
    return text;
  };
}

const NO_TEXT = new Fault('must be a text or a number');

type TextStep = (text: string) => string | undefined;

/** In the order in which they are done. */
function compileTextSteps(spec: Spec): TextStep[] {
  const { trim, url_param, pattern, strip_prefix, prefix } = spec;
  const steps: TextStep[] = [];
  if (trim) steps.push((text) => text.trim());
  if (url_param !== undefined) steps.push(compileUrlParam(url_param));
  if (pattern !== undefined) {
    const regex = new RegExp(pattern, 'u');
    steps.push((text) => {
      const found = regex.exec(text);
      return found ? (found[1] ?? found[0]) : undefined;
    });
  }
  if (strip_prefix !== undefined) {
    steps.push((text) => (text.startsWith(strip_prefix) ? text.slice(strip_prefix.length) : text));
  }
  if (spec.case === 'lower') steps.push((text) => text.toLowerCase());
  if (spec.case === 'upper') steps.push((text) => text.toUpperCase());
  if (prefix !== undefined) steps.push((text) => prefix + text);
  return steps;
}

function throughSteps(value: JsonValue, steps: readonly TextStep[]): string | undefined | Fault {
  let text = textOf(value);
  if (text === undefined) return NO_TEXT;
  for (const step of steps) {
    text = step(text);
    if (text === undefined || text === '') return undefined;
  }
  return text;
}

function compileValues(values: NonNullable<Spec['values']>, hasDefault: boolean): (text: string) => Found {
  const known = new Map(Object.entries(values));
  const fault = new Fault('must be one of the values that the mapping names');
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    return hasDefault ? undefined : fault;
  };
}

function pathsOf(field: FieldSpec): string[] {
  if (typeof field === 'string') return [field];
  return [
    ...(field.path === undefined ? [] : [field.path]),
    ...[...(field.first_of ?? []), ...(field.concat ?? [])].flatMap(pathsOf),
    ...(typeof field.money === 'object' ? [field.money.path] : []),
  ];
}
