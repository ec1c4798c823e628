import { isDate, isInstant } from './instant.js';
import { isAmount } from './money.js';
import { isReceiptId } from './receipt-id.js';
import { isVersion } from './version.js';

/** What is wrong with a value: where (JSON pointer from it) and by which rule. Never holds the value. */
export interface Problem {
  path: string;
  detail: string;
}

/** Looks at a value of JSON. Runs for every field of every record: no rule allocates where nothing is wrong. */
export type Rule = (value: unknown) => Problem | undefined;

/** Looks at a member that is not known; its name is of the record's own making, and no part of a path. */
export type OtherMember = (name: string, value: unknown) => Problem | undefined;

/** The members that an object may and must have. */
export interface Members {
  rules: ReadonlyMap<string, Rule>;
  required: readonly string[];
  other: OtherMember;
}

/**
 * Members by their rules. A Map: a record may have a member named `constructor`.
 * @param other what becomes of members that are not known: a newer producer may have added them
 */
export function members<Name extends string>(
  rules: Record<Name, Rule>,
  required: readonly NoInfer<Name>[],
  other: OtherMember,
): Members {
  return { rules: new Map(Object.entries<Rule>(rules)), required, other };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The first problem among an object's members. */
export function problemOfMembers(
  holder: Record<string, unknown>,
  { rules, required, other }: Members,
): Problem | undefined {
  for (const name in holder) {
    const rule = rules.get(name);
    const problem = rule === undefined ? other(name, holder[name]) : rule(holder[name]);
    if (problem === undefined) continue;
    return rule === undefined ? problem : { path: `/${name}${problem.path}`, detail: problem.detail };
  }
  for (const name of required) {
    if (holder[name] === undefined) return { path: `/${name}`, detail: 'must be there' };
  }
  return undefined;
}

/** An object of these members. */
export function object(allowed: Members): Rule {
  return (value) => (isObject(value) ? problemOfMembers(value, allowed) : NO_OBJECT);
}

/** An object of any members whose names match, all by one rule. */
export function map(names: RegExp, rule: Rule): Rule {
  return (value) => {
    if (!isObject(value)) return NO_OBJECT;
    for (const name in value) {
      if (!names.test(name)) return UNKNOWN_MEMBER;
      const problem = rule(value[name]);
      if (problem !== undefined) return { path: `/${name}`, detail: problem.detail };
    }
    return undefined;
  };
}

/** An object of members by whatever name, all by one rule. */
export function custom(rule: Rule): Rule {
  return (value) => {
    if (!isObject(value)) return NO_OBJECT;
    for (const name in value) {
      const problem = text(name) ?? rule(value[name]);
      if (problem !== undefined) return { path: '', detail: `each member ${problem.detail}` };
    }
    return undefined;
  };
}

/** Exactly this value. */
export function is(expected: unknown): Rule {
  const problem = { path: '', detail: `must be ${JSON.stringify(expected)}` };
  return (value) => (value === expected ? undefined : problem);
}

/** One of these texts. */
export function oneOf(allowed: readonly string[]): Rule {
  const problem = { path: '', detail: `must be one of ${allowed.join(', ')}` };
  return (value) => (allowed.includes(value as string) ? undefined : problem);
}

/** A text for which the test holds. */
function textThat(holds: (text: string) => boolean, detail: string): Rule {
  const problem = { path: '', detail };
  return (value) => (typeof value === 'string' && holds(value) ? undefined : problem);
}

const NO_OBJECT: Problem = { path: '', detail: 'must be an object' };
const UNKNOWN_MEMBER: Problem = { path: '', detail: 'must have no member that is not known' };
const NO_SCALAR: Problem = { path: '', detail: 'must be a text, a number, true, false or null' };
const NO_FLAG: Problem = { path: '', detail: 'must be true or false' };
const TOO_GREAT: Problem = {
  path: '',
  detail: 'must be a number within 2^53 - 1 of zero; write it as text',
};
const NO_ATTRIBUTE: Problem = {
  path: '',
  detail: 'must have attributes named in lower-case letters and digits',
};
const TOO_DEEP: Problem = { path: '', detail: 'must not be nested deeper than 16 levels' };
const MAX_DEPTH = 16;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const CONTROL_OR_SURROGATE = /[\p{Cc}\p{Cs}]/u;
const NUL_OR_SURROGATE = /[\0\p{Cs}]/u;
const HASH = /^[0-9a-f]{64}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const CURRENCY = /^[A-Z][A-Z0-9]{2,9}$/;
const COUNT = /^(?:0|[1-9]\d{0,17})$/;
const IP = /^[0-9A-Fa-f:.]{2,45}(?:\/[0-9]{1,3})?$/;
const SOURCE_NAME = /^[a-z0-9][a-z0-9._-]{0,127}$/;
const POSITION = /^\d+\/\d+$/;
const ATTRIBUTE = /^[a-z0-9]+$/;

function isName(text: string, maxBytes: number): boolean {
  if (isPrintableAscii(text)) return text !== '' && text.length <= maxBytes;
  return !CONTROL_OR_SURROGATE.test(text) && Buffer.byteLength(text) <= maxBytes;
}

/** Whether every character is one of U+0020 to U+007E; of a short text in half the time of a regular expression. */
export function isPrintableAscii(text: string): boolean {
  if (text.length > 64) return PRINTABLE_ASCII.test(text);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

export const anything: Rule = () => undefined;
export const hash = textThat((t) => HASH.test(t), 'must be a SHA-256 in lower-case hex');
export const uuid = textThat((t) => UUID.test(t), 'must be a UUID in lower case');
export const instant = textThat(isInstant, 'must be an instant in UTC with six digits of fraction');
export const version = textThat(
  isVersion,
  'must be an instant in UTC with six digits of fraction, or a whole number of up to 18 digits',
);
export const receiptId = textThat(isReceiptId, 'must be a receipt id');
export const sourceName = textThat(
  (t) => SOURCE_NAME.test(t),
  'must be 1 to 128 lower-case letters, digits, dots, underscores and hyphens',
);
export const position = textThat((t) => POSITION.test(t), 'must be partition/offset');
export const naturalKey = textThat(
  (t) => isName(t, 512),
  'must have 1 to 512 bytes, no control characters and no lone surrogates',
);
export const id = textThat(
  (t) => (isPrintableAscii(t) ? t !== '' && t.length <= 128 : isName(t, 128) && t.normalize('NFC') === t),
  'must have 1 to 128 bytes in NFC, no control characters and no lone surrogates',
);
export const text = textThat(
  (t) => isPrintableAscii(t) || !NUL_OR_SURROGATE.test(t),
  'must be text without U+0000 and lone surrogates',
);
export const date = textThat(isDate, 'must be a day that exists, as YYYY-MM-DD');
export const count = textThat((t) => COUNT.test(t), 'must be a whole number as text of up to 18 digits');
const DECIMAL_TEXT =
  'a canonical decimal as text, as "40.5": up to 20 digits, up to 18 behind the point, no needless zeros';
export const amount = textThat(isAmount, `must be ${DECIMAL_TEXT}`);
export const amountPaid = textThat(
  (t) => isAmount(t) && !t.startsWith('-'),
  `must be ${DECIMAL_TEXT}, not negative`,
);
export const currency = textThat((t) => CURRENCY.test(t), 'must be a currency in upper case');
export const ip = textThat((t) => IP.test(t), 'must be an IP address');

/** True or false. */
export const flag: Rule = (value) => (typeof value === 'boolean' ? undefined : NO_FLAG);

/** A value of JSON that is neither object nor array, whose text PostgreSQL stores, and whose number is as it was
 * written: beyond 2^53 - 1 a whole number may have been rounded. */
export const scalar: Rule = (value) =>
  typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER ? TOO_GREAT : leaf(value);

const leaf: Rule = (value) => {
  if (typeof value === 'string') return text(value);
  return value !== null && typeof value === 'object' ? NO_SCALAR : undefined;
};

/** Any value of JSON that PostgreSQL stores as `jsonb`: no U+0000, no lone surrogates, not too deep for its stack. */
export const storable: Rule = (value) => problemWithin(value, 0);

function problemWithin(value: unknown, depth: number): Problem | undefined {
  if (value === null || typeof value !== 'object') return leaf(value);
  if (depth === MAX_DEPTH) return TOO_DEEP;
  for (const name in value) {
    const member = (value as Record<string, unknown>)[name];
    const problem = text(name) ?? problemWithin(member, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Nobody reads them. */
export const ignored: OtherMember = () => undefined;
/** They are stored with the others. */
export const stored: OtherMember = (name, value) => text(name) ?? storable(value);
/** Extension attributes of CloudEvents (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#naming-conventions). */
export const extensionAttribute: OtherMember = (name) => (ATTRIBUTE.test(name) ? undefined : NO_ATTRIBUTE);
