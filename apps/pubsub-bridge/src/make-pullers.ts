import type { StreamKey } from '#libs/database';
import { canonicalJson, hashParts } from '#libs/events';
import type { MadeSource } from '#libs/polling';
import { missingOfSource, type Environment, type LoadedSource, type Secrets } from '#libs/runtime';
import type { PubsubSourceDefinition } from '#libs/sources';
import { bridgedStreamOf, type BridgedStream } from './bridged-stream.js';
import { SourceClient } from './source-client.js';

/** A subscription that is to be pulled. */
export interface MadeStream extends StreamKey {
  bridged: BridgedStream;
  client: SourceClient;
  /** Changes with the definition. */
  definitionHash: string;
}

/**
 * Makes what a definition says; of one that cannot be used is said why not. One whose secrets or variables are not set is
 * not pulled: that is no error.
 */
export function makeStreams(
  { source, schemas, file }: LoadedSource<PubsubSourceDefinition>,
  world: { environment: Environment; secrets: Secrets },
): MadeSource<MadeStream> {
  const waitsFor = missingOfSource(source, world.environment, world.secrets);
  const streams = source.streams.map((s) => s.name);
  const definition = { file, source: source.name, streams, problems: [], waitsFor };
  if (waitsFor.length > 0) {
    const problem = `not pulled until these are set: ${waitsFor.join(', ')}`;
    return { definition: { ...definition, problems: [problem] }, streams: [] };
  }
  try {
    const client = new SourceClient(source, world);
    const made = source.streams.map((stream) => ({
      ...{ source: source.name, stream: stream.name, client },
      bridged: bridgedStreamOf(source, stream, stream.schema && schemas.get(stream.schema.$ref)),
      definitionHash: hashParts([canonicalJson({ ...source, streams: [stream] })]),
    }));
    return { definition, streams: made };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { definition: { ...definition, problems: [problem] }, streams: [] };
  }
}
