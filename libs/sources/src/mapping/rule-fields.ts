import { isEntityKind, specOf, type EventKind } from '#libs/events';
import type { FieldSpec, MappingRule } from '../definition.js';
import { compileField, currencyField, type CompiledField } from './compile-field.js';
import { fieldsOf, type EventField } from './event-fields.js';

/** A field, and where its value goes. */
export interface Setter extends CompiledField {
  name: string;
  target: EventField['target'];
  holder: EventField['holder'];
}

/** The fields that a rule names, the currency of a `money` among them. */
export function compileSetters(rule: MappingRule, kind: EventKind): Setter[] {
  const known = fieldsOf(kind);
  const fields: [string, FieldSpec][] = Object.entries(rule.fields);
  const money = fields.flatMap(([, spec]) => (typeof spec === 'object' ? (spec.money ?? []) : []));
  if (money[0] !== undefined && rule.fields['currency'] === undefined && known.has('currency')) {
    fields.push(['currency', currencyField(money[0])]);
  }
  const setters = fields.map(([name, spec]): Setter => {
    const { target, holder }: EventField = known.get(name)!;
    return { name, target, holder, ...compileField(spec, target, { currency: rule.fields['currency'] }) };
  });
  return setters;
}

/** What a rule need not say. */
export interface Unsaid {
  /** What a refund, reversal or retraction takes back. */
  conversion: string | undefined;
  /** Of what takes back only where it takes back a payout. */
  setsPartner: boolean;
  isReturn: boolean;
  /** An event whose amount may be missing, and its currency with it. */
  isPaid: boolean;
  /** Field of an entity that says when it was, where nothing else does. */
  version: string | undefined;
}

/** @param onlyConversion the one kind of conversion that the stream's rules make */
export function unsaidOf(rule: MappingRule, kind: EventKind, onlyConversion: string | undefined): Unsaid {
  const isReturn = kind === 'refund' || kind === 'reversal' || kind === 'retraction';
  return {
    conversion: isReturn && rule.fields['conversion_type'] === undefined ? onlyConversion : undefined,
    setsPartner: (kind === 'payout' || isReturn) && rule.fields['partner'] === undefined,
    isReturn,
    isPaid: kind === 'deposit' || kind === 'purchase' || kind === 'payout',
    version: isEntityKind(kind) ? specOf(kind).version : undefined,
  };
}
