/**
 * CloudEvents 1.0 in structured JSON (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md):
 * the form of every record's value on every topic.
 */
export interface CloudEvent<Type extends string, Data> {
  specversion: '1.0';
  /** The event id. */
  id: string;
  /** Name of the source, a relative URI reference. */
  source: string;
  type: Type;
  /** The natural key. */
  subject: string;
  /** `received_at`: the instant at which the edge took the event in. */
  time: string;
  data: Data;
}

export const EventType = {
  raw: 'tributary.raw.v1',
  canonical: 'tributary.event.v1',
  deadLetter: 'tributary.dead-letter.v1',
  conversion: 'tributary.conversion.v1',
} as const;
