import type { CanonicalEvent, RecordEvent, Rejection } from '#libs/events';
import { compileGa4 } from '#libs/ga4';
import type { LoadedSource } from '#libs/runtime';
import {
  GA4_STREAM,
  compileStream,
  definitionNameOf,
  messageStream,
  type CompiledStream,
  type JsonObject,
} from '#libs/sources';

/** What a record is made into; its events, or why there are none. */
export type MappedRecord = { events: CanonicalEvent[]; isWarned: boolean } | Rejection;

/** How the records of a stream become events. */
type StreamMapping = Pick<CompiledStream, 'map'>;

/** The mappings of all sources, by the names of source and stream; compiled once. */
export class RecordMappings {
  private readonly streams = new Map<string, ReadonlyMap<string, StreamMapping>>();

  constructor(sources: readonly LoadedSource[]) {
    for (const loaded of sources) this.streams.set(loaded.source.name, mappingsOf(loaded));
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

function mappingsOf({ source, schemas }: LoadedSource): ReadonlyMap<string, StreamMapping> {
  if (source.type === 'ga4') return new Map([[GA4_STREAM, compileGa4(source)]]);
  const streams = source.type === 'pubsub' ? source.streams.map(messageStream) : source.streams;
  return new Map(
    streams.map((stream) => [
      stream.name,
      compileStream(source, stream, stream.schema && schemas.get(stream.schema.$ref)),
    ]),
  );
}

/** One rejection that tells of all: a record is one dead letter. */
function together([first, ...others]: readonly Rejection[]): Rejection {
  const more = others.map(({ path, detail }) => `; ${path}: ${detail}`);
  return { ...first!, detail: first!.detail + more.join('') };
}
