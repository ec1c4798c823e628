import { EVENT_KINDS, isEntityKind, knownExponentOf, type EventKind } from '#libs/events';
import type { FieldSpec } from '../definition.js';
import { fieldsOf, onlyConversionOf, requiredFieldsOf, setsCurrency } from '../mapping/event-fields.js';
import { hasZone, parseTimeFormat } from '../mapping/time-format.js';
import { suggestion, type Cursor } from '#libs/yaml-file';

/**
 * What no schema can say of rules: that fields exist and the needed ones are there, and what keys of a field go together.
 * @param hasVersion whether what they make has a version, also where no field says it
 * @param fields that need not be set, as every record says them in one place
 */
export function checkMapping(mapping: Cursor, hasVersion: boolean, fields: readonly string[] = []): void {
  const rules = mapping.items();
  const conversion = onlyConversionOf(rules.map((rule) => ({ event: rule.at('event').text ?? '' })));
  const implied: Implied = { conversion, hasVersion, fields };
  for (const rule of rules) {
    checkRule(rule, implied);
    for (const part of ['fields', 'custom', 'sub_ids', 'utm', 'ad_click_ids']) {
      for (const [, field] of rule.at(part).members()) {
        checkField(field);
        if (part !== 'custom') checkType(field);
      }
    }
    checkCondition(rule.at('when'));
  }
}

/** What need not be said by the rules themselves. */
interface Implied {
  /** The one kind of conversion that they make. */
  conversion: string | undefined;
  /** What they make has a version. */
  hasVersion: boolean;
  /** Names of others. */
  fields: readonly string[];
}

function checkRule(rule: Cursor, implied: Implied): void {
  const kind = rule.at('event').text;
  if (!isKind(kind) || !rule.at('fields').object) return;
  const fields = rule.at('fields');
  const given = fields.object as Readonly<Record<string, FieldSpec>>;
  const known = fieldsOf(kind);
  for (const [name, field] of fields.members()) {
    if (known.has(name)) continue;
    const names = [...known.keys()];
    field.wrongName(
      `${kind} has no field ${name}${suggestion(name, names)}; its fields: ${names.join(', ')}; others stand in custom`,
    );
  }
  const has = (name: string): boolean =>
    Object.hasOwn(given, name) || implied.fields.includes(name) || impliedBy(kind, given, implied, name);
  const missing = requiredFieldsOf(kind).filter((name) => !has(name));
  for (const name of missing) {
    fields.wrong(
      name === 'conversion_type'
        ? `${kind} needs the field conversion_type, as the stream makes several kinds of conversions or none`
        : `${kind} needs the field ${name}`,
    );
  }
  checkTogether(kind, fields, has, implied.conversion);
}

/** Fields that need not be set as they follow from something else. */
function impliedBy(
  kind: EventKind,
  given: Readonly<Record<string, FieldSpec>>,
  { conversion, hasVersion }: Implied,
  name: string,
): boolean {
  if (name === 'currency') return setsCurrency(given);
  if (name === 'occurred_at') return isEntityKind(kind);
  if (name === 'partner') return true;
  if (name === 'version') return hasVersion;
  return name === 'conversion_type' && conversion !== undefined;
}

function checkTogether(
  kind: EventKind,
  fields: Cursor,
  has: (name: string) => boolean,
  onlyConversion: string | undefined,
): void {
  if (!isEntityKind(kind)) {
    if (has('amount') && !has('currency')) fields.wrong('amount needs money, or the field currency');
    if (fields.at('currency').isThere && !has('amount')) fields.wrong('currency needs the field amount');
  }
  if (kind === 'identity_link') {
    const ends = ['click_id', 'client_id', 'user_id', 'player_id'];
    if (ends.filter(has).length < 2) fields.wrong(`identity_link needs two of ${ends.join(', ')}`);
  }
  if (kind !== 'reversal' && kind !== 'retraction') return;
  const named = fields.at('conversion_type');
  const type = named.isThere
    ? named.text === undefined
      ? named.at('const').text
      : undefined
    : onlyConversion;
  if (type === undefined) return;
  if (kind === 'retraction') {
    if (type === 'payout' && !has('transaction_id'))
      fields.wrong('a retraction of payout needs the field transaction_id');
    return;
  }
  if (type === 'install' || type === 'registration') {
    if (!has('click_id') && !has('player_id'))
      fields.wrong(`a reversal of ${type} needs click_id or player_id`);
  } else if (!has('transaction_id')) fields.wrong(`a reversal of ${type} needs the field transaction_id`);
}

const ORIGINS = ['path', 'const', 'first_of', 'concat'];

function checkField(field: Cursor): void {
  if (!field.object) return;
  const origins = ORIGINS.filter((name) => field.at(name).isThere);
  if (origins.length !== 1 && !(origins.length === 0 && field.at('default').isThere)) {
    field.wrong(
      `must have one of ${ORIGINS.join(', ')}${origins.length > 1 ? `, not ${origins.join(' and ')}` : ''}`,
    );
  }
  for (const part of ['first_of', 'concat']) {
    for (const item of field.at(part).items()) {
      checkField(item);
      checkType(item);
      for (const key of ['money', 'minor_units']) {
        if (item.at(key).isThere) item.at(key).wrongName(`${key} must stand beside ${part}, not in it`);
      }
    }
  }
  checkFieldTime(field);
  checkFieldMoney(field);
}

/** What other fields hold is settled by their names. */
function checkType(field: Cursor): void {
  const type = field.at('type');
  if (type.isThere && type.text !== 'timestamp' && type.text !== 'string') {
    type.wrongName('type is for fields of custom; what any other holds is settled by its name');
  }
}

function checkFieldTime(field: Cursor): void {
  const time = field.at('time');
  const format = time.text === undefined ? undefined : parseTimeFormat(time.text);
  const type = field.at('type');
  if (field.at('timezone').isThere && !time.isThere) field.at('timezone').wrongName('timezone needs time');
  if (time.isThere && type.isThere && type.text !== 'timestamp')
    type.wrong('must be timestamp where time is given');
  if (format === undefined || (typeof format === 'object' && 'problem' in format) || format === 'iso') return;
  if (!hasZone(format) && !field.at('timezone').isThere)
    time.wrong('names no zone, so that timezone must be there, as "-05:00" or America/New_York');
}

function checkFieldMoney(field: Cursor): void {
  const { text } = field.at('money');
  if (text !== undefined && !/^[A-Za-z][A-Za-z0-9]{2,9}$/.test(text)) {
    field.at('money').wrong('must be the code of a currency, as USD, or {path: …}');
  } else if (text !== undefined) checkDigits(field.at('minor_units'), text.toUpperCase());
}

/** Of what currency the smallest units are must be known, or stated. */
function checkDigits(units: Cursor, code: string): void {
  const isByIso = units.value === true || (units.object !== undefined && !units.at(code).isThere);
  if (!isByIso || knownExponentOf(code) !== undefined) return;
  units.wrong(`must state how many digits ${code} has, as {${code}: 8}: it is no currency of ISO 4217`);
}

/** Combinations stand alone, so that nobody takes `all` for a path beside others. */
export function checkCondition(condition: Cursor): void {
  const members = condition.members();
  for (const [name, member] of members) {
    if (name === 'all' || name === 'any' || name === 'not') {
      if (members.length > 1) member.wrongName(`${name} must stand alone; put the rest into all`);
      for (const item of name === 'not' ? [member] : member.items()) checkCondition(item);
    }
  }
}

function isKind(kind: string | undefined): kind is EventKind {
  return (EVENT_KINDS as readonly (string | undefined)[]).includes(kind);
}
