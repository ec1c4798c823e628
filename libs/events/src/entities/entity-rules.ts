import * as rule from '../field-rules.js';
import { isList, type EntitySpec, type FieldSpec, type FieldType } from './entity-spec.js';
import { forEachKind, type EntityKind } from './registry.js';

const RULE_OF_TYPE: Record<FieldType, rule.Rule> = {
  id: rule.id,
  text: rule.text,
  currency: rule.currency,
  instant: rule.instant,
  date: rule.date,
  flag: rule.flag,
  amount: rule.amountPaid,
  balance: rule.amount,
  decimal: rule.amountPaid,
  count: rule.count,
};

/** The members of each kind's `record`; those that are not known are ignored. */
export const RECORD_MEMBERS: Record<EntityKind, rule.Members> = forEachKind((_kind, { fields }) =>
  rule.members(rulesOf(fields), requiredFields(fields), rule.ignored),
);

/** The rule of each kind's `record`. */
export const RECORD_RULES: Record<EntityKind, rule.Rule> = forEachKind((kind) =>
  rule.object(RECORD_MEMBERS[kind]),
);

function rulesOf(fields: EntitySpec['fields']): Record<string, rule.Rule> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, ruleOf(field)]));
}

function ruleOf({ type }: FieldSpec): rule.Rule {
  return isList(type) ? rule.oneOf(type) : RULE_OF_TYPE[type];
}

/** Names of the fields that every record has. */
export function requiredFields(fields: EntitySpec['fields']): string[] {
  return Object.keys(fields).filter((name) => fields[name]!.required);
}
