import {
  CONVERSION_TYPES,
  isEntityKind,
  membersOfKind,
  specOf,
  type EventKind,
  type FieldType,
} from '#libs/events';
import type { FieldSpec, MappingRule } from '../definition.js';

/** What a field's value becomes: a type of an entity's field, a closed list, or what only other events have. */
export type FieldTarget = FieldType | 'uuid' | 'source_name' | 'version' | 'test' | readonly string[];

/** A field that a rule of a kind may set. */
export interface EventField {
  target: FieldTarget;
  /** Where its value stands: in the event, in the `record` of an entity, among the custom fields. */
  holder: 'event' | 'record' | 'custom';
}

/** What kinds are told of so often that it is a field, though no event has a member for it. */
const CUSTOM: Partial<Record<EventKind, readonly string[]>> = { payout: ['goal', 'offer'] };

/** Members of an event that no field sets: what made it says them, or keys of a rule besides `fields`. */
const NOT_FIELDS: ReadonlySet<string> = new Set([
  ...['kind', 'stream', 'brand', 'trust', 'receipt_id', 'raw_position', 'client', 'record'],
  ...['custom', 'sub_ids', 'utm', 'ad_click_ids'],
]);

const TARGETS: Readonly<Record<string, FieldTarget>> = {
  occurred_at: 'instant',
  version: 'version',
  is_test: 'test',
  click_id: 'uuid',
  amount: 'amount',
  currency: 'currency',
  status: ['approved', 'pending', 'rejected'],
  conversion_type: CONVERSION_TYPES,
  partner: 'source_name',
  referrer: 'text',
};

/** The fields that a rule of this kind may set, by their names. */
export function fieldsOf(kind: EventKind): ReadonlyMap<string, EventField> {
  const own = isEntityKind(kind) ? Object.entries(specOf(kind).fields) : [];
  return new Map<string, EventField>([
    ...membersOfKind(kind)
      .names.filter((name) => !NOT_FIELDS.has(name))
      .map((name): [string, EventField] => [name, { target: TARGETS[name] ?? 'id', holder: 'event' }]),
    ...(CUSTOM[kind] ?? []).map((name): [string, EventField] => [name, { target: 'text', holder: 'custom' }]),
    ...own.map(([name, { type }]): [string, EventField] => [name, { target: type, holder: 'record' }]),
  ]);
}

/** The fields that a rule of this kind must set. */
export function requiredFieldsOf(kind: EventKind): readonly string[] {
  if (isEntityKind(kind)) {
    const { fields } = specOf(kind);
    return Object.keys(fields).filter((name) => fields[name]!.required);
  }
  return membersOfKind(kind).required.filter((name) => !NOT_FIELDS.has(name));
}

/** Whether the rule sets `currency` by the `money` of a field. */
export function setsCurrency(fields: Readonly<Record<string, FieldSpec>>): boolean {
  return Object.values(fields).some((spec) => typeof spec === 'object' && spec?.money !== undefined);
}

/** The one kind of conversion that a stream's rules make: what its refunds, reversals and
 * retractions take back unless they say so. */
export function onlyConversionOf(rules: readonly Pick<MappingRule, 'event'>[]): string | undefined {
  const types = new Set(
    rules.map((r) => r.event).filter((e) => (CONVERSION_TYPES as readonly string[]).includes(e)),
  );
  return types.size === 1 ? [...types][0] : undefined;
}
