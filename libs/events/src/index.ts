export { EventType, type CloudEvent } from './cloud-event.js';
export {
  EVENT_KINDS,
  canonicalEventKey,
  isConversion,
  serializeCanonicalEvent,
  type BonusEvent,
  type CanonicalEvent,
  type ClickEvent,
  type ConversionEvent,
  type DepositEvent,
  type EventBase,
  type EventKind,
  type EventStatus,
  type IdentityLinkEvent,
  type InstallEvent,
  type MovementEvent,
  type PayoutEvent,
  type PurchaseEvent,
  type RefundEvent,
  type RegistrationEvent,
  type RetractionEvent,
  type ReturnEvent,
  type ReversalEvent,
  type TouchpointEvent,
  type WithdrawalEvent,
} from './canonical-event.js';
export { canonicalJson, jsonOfText } from './canonical-json.js';
export {
  CONVERSION_TYPES,
  PAID_CONVERSION_TYPES,
  flattenConversion,
  serializeConversion,
  type Conversion,
  type ConversionRow,
  type ConversionStatus,
  type ConversionType,
  type PaidConversionType,
  type Touch,
} from './conversion.js';
export {
  DEAD_LETTER_REASONS,
  NO_POSITION,
  deadLetterOf,
  serializeDeadLetter,
  truncateDeadLetter,
  type DeadLetter,
  type DeadLetterOrigin,
  type DeadLetterReason,
  type Rejection,
} from './dead-letter.js';
export { RecordEncoder, type EncodedRecord, type RecordName } from './encode-records.js';
export { conversionId, eventId, hashParts, touchpointId, type EventIdentity } from './event-id.js';
export { DIRECTIONS, OPERATION_TYPES, TRANSACTION_STATUSES } from './entities/closed-lists.js';
export { isEntityEvent, isEntityKind, playerOfRecord, type EntityEvent } from './entities/entity-event.js';
export { schemaNameOf, schemaOfEntity } from './entities/entity-schema.js';
export { requiredFields } from './entities/entity-rules.js';
export { isList, type EntitySpec, type FieldSpec, type FieldType } from './entities/entity-spec.js';
export {
  ENTITY_KINDS,
  forEachKind,
  specOf,
  type EntityKind,
  type EntityRecord,
} from './entities/registry.js';
export * as fieldRules from './field-rules.js';
export {
  instantDaysAfter,
  instantDaysBefore,
  instantFromMs,
  instantToMicros,
  instantToMs,
  isDate,
  isInstant,
  parseInstant,
  type Instant,
} from './instant.js';
export {
  MAX_SCALE,
  amountOfUnits,
  compareAmounts,
  exponentOf,
  knownExponentOf,
  KNOWN_CURRENCIES,
  parseAmount,
  scaleOf,
  unitsOf,
  type Money,
} from './money.js';
export {
  membersOfKind,
  parseCanonicalEvent,
  problemOfCanonicalEvent,
  rulesOfKind,
  type KindRules,
} from './parse-canonical-event.js';
export { parseRawEvent } from './parse-raw-event.js';
export {
  PIXEL_TYPES,
  isRecordEvent,
  rawEventKey,
  serializeRawEvent,
  writeRawEvent,
  type ClientFields,
  type PixelClick,
  type PixelConversion,
  type PixelSource,
  type PixelType,
  type RawEvent,
  type RecordEvent,
  type TrafficFields,
} from './raw-event.js';
export { isReceiptId, newReceiptId } from './receipt-id.js';
export { Group, TOPIC_RETENTION, Topic, type TopicName } from './topics.js';
export { TRUSTS, trustOf, type Trust } from './trust.js';
export { isVersion, versionNumber } from './version.js';
