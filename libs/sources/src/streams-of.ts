import type {
  MappingRule,
  PubsubStreamDefinition,
  RecordStreamDefinition,
  SourceDefinition,
} from './definition.js';

/** Name of the one stream of a GA4 export. */
export const GA4_STREAM = 'events';

/** The streams of a source of whatever type, and the rules that its file gives them. */
export function streamsOf(source: SourceDefinition): { name: string; mapping: readonly MappingRule[] }[] {
  switch (source.type) {
    case 'http':
    case 'pubsub':
      return source.streams;
    case 'ga4':
      return [{ name: GA4_STREAM, mapping: source.conversions ?? [] }];
  }
}

/** A subscription's records: its messages, named by their ids and as new as they were published where it says nothing else. */
export function messageStream(stream: PubsubStreamDefinition): RecordStreamDefinition {
  return {
    ...stream,
    primary_key: stream.primary_key ?? ['message.id'],
    cursor_field: stream.cursor_field ?? 'message.publish_time',
  };
}
