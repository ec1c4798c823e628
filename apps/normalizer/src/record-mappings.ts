import type { CanonicalEvent, RecordEvent, Rejection } from '#libs/events';
import type { LoadedSource } from '#libs/runtime';
import {
  compileStream,
  definitionNameOf,
  messageStream,
  type CompiledStream,
  type JsonObject,
  type RecordStreamDefinition,
  type SourceDefinition,
} from '#libs/sources';

/** What a record is made into; its events, or why there are none. */
export type MappedRecord = { events: CanonicalEvent[]; isWarned: boolean } | Rejection;

/** The mappings of all sources, by the names of source and stream; compiled once. */
export class RecordMappings {
  private readonly streams = new Map<string, ReadonlyMap<string, CompiledStream>>();

  constructor(sources: readonly LoadedSource[]) {
    for (const { source, schemas } of sources) {
      this.streams.set(
        source.name,
        new Map(
          recordStreamsOf(source).map((stream) => [
            stream.name,
            compileStream(source, stream, stream.schema && schemas.get(stream.schema.$ref)),
          ]),
        ),
      );
    }
  }

  /**
   * Maps a record whole: where one of its events cannot be made it is a dead letter, and none is.
   * @param rawPosition where the raw event stands on `raw-events`: `partition/offset`
   */
  map(raw: RecordEvent, rawPosition: string): MappedRecord {
    const source = this.streams.get(definitionNameOf(raw.source));
    const stream = source?.get(raw.stream);
    if (!stream) {
      return {
        kind: 'dead_letter',
        reason: 'unknown_source',
        path: source ? '/data/stream' : '/source',
        detail: source
          ? 'the definition of the source must have this stream'
          : 'SOURCES_DIR must have a definition of this source that can work',
      };
    }
    const { events, rejections, warnings } = stream.map(raw.payload as JsonObject, raw, rawPosition);
    return rejections.length > 0 ? together(rejections) : { events, isWarned: warnings.length > 0 };
  }
}

function recordStreamsOf(source: SourceDefinition): readonly RecordStreamDefinition[] {
  switch (source.type) {
    case 'http':
      return source.streams;
    case 'pubsub':
      return source.streams.map(messageStream);
    case 'ga4':
      return [];
  }
}

/** One rejection that tells of all: a record is one dead letter. */
function together([first, ...others]: readonly Rejection[]): Rejection {
  const more = others.map(({ path, detail }) => `; ${path}: ${detail}`);
  return { ...first!, detail: first!.detail + more.join('') };
}
