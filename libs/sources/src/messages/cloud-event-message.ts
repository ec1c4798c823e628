import { isJsonObject, type JsonObject, type JsonValue } from '../json.js';
import type { PubsubMessage } from './pubsub-message.js';

/** Begins the `Content-Type` of an event in structured mode: `application/cloudevents+json; charset=utf-8`. */
const STRUCTURED_TYPE = /^application\/cloudevents(?!-batch)/i;
const BATCH_TYPE = /^application\/cloudevents-batch/i;
/** The binding says `ce-`; publishers who know that of Kafka write `ce_`. Names have no case. */
const PREFIX = /^ce[-_]/i;

/** What every CloudEvent 1.0 has, as texts that are not empty. */
const REQUIRED = ['specversion', 'id', 'source', 'type'] as const;

/** How a message says that it is a CloudEvent (Pub/Sub Protocol Binding for CloudEvents, 3). */
export type EventMode = 'structured' | 'binary' | 'batch';

/** A rule of CloudEvents that a message breaks. */
export interface EventFault {
  /** JSON pointer into the message's record. */
  path: string;
  detail: string;
}

/** The value of an attribute whatever the case of its name. */
export function attributeOf({ attributes }: PubsubMessage, name: string): string | undefined {
  const exact = attributes[name];
  if (exact !== undefined) return exact;
  for (const key in attributes) {
    if (key.length === name.length && key.toLowerCase() === name) return attributes[key];
  }
  return undefined;
}

/** The mode by the message's attributes; undefined of one that has none of those. */
export function eventModeOf(message: PubsubMessage): EventMode | undefined {
  const type = attributeOf(message, 'content-type');
  if (type !== undefined && BATCH_TYPE.test(type)) return 'batch';
  if (type !== undefined && STRUCTURED_TYPE.test(type)) return 'structured';
  for (const key in message.attributes) {
    if (PREFIX.test(key) && key.slice(3).toLowerCase() === 'specversion') return 'binary';
  }
  return undefined;
}

/** Whether a document is an event in structured mode, though no attribute says so. */
export function looksStructured(document: JsonValue): document is JsonObject {
  return isJsonObject(document) && REQUIRED.every((name) => typeof document[name] === 'string');
}

/** An event's attributes in binary mode: those with the prefix, without it, and `Content-Type` as `datacontenttype`. */
export function attributesOfBinary(message: PubsubMessage): JsonObject {
  const event: JsonObject = {};
  const type = attributeOf(message, 'content-type');
  if (type !== undefined) event['datacontenttype'] = type;
  for (const [key, value] of Object.entries(message.attributes)) {
    if (PREFIX.test(key)) event[key.slice(3).toLowerCase()] = value;
  }
  return event;
}

/** What an event breaks of CloudEvents 1.0. @param at pointer of what holds the attributes */
export function eventFaultOf(event: JsonObject, at: string): EventFault | undefined {
  for (const name of REQUIRED) {
    const value = event[name];
    if (typeof value !== 'string' || value === '') {
      return { path: `${at}${name}`, detail: `a CloudEvent must have ${name}, a text that is not empty` };
    }
  }
  if (/^1\.\d+$/.test(event['specversion'] as string)) return undefined;
  return { path: `${at}specversion`, detail: 'must be a version 1 of CloudEvents, as 1.0' };
}
