import { canonicalJson, hashParts } from '#libs/events';
import { compileGa4 } from '#libs/ga4';
import type { MadeSource, PollableStream, PollerParts } from '#libs/polling';
import { missingOfSource, type Environment, type LoadedSource, type Secrets } from '#libs/runtime';
import { GA4_STREAM, durationMs, type Ga4SourceDefinition } from '#libs/sources';
import { createExport } from './create-export.js';
import { ShardPoller } from './shard-poller.js';

/** What sources are made of besides their definitions. */
export interface SourceWorld {
  secrets: Secrets;
  environment: Environment;
}

/** Makes the stream of a definition that can be used; of another is said why not. */
export function makeSource(
  { file, source }: LoadedSource<Ga4SourceDefinition>,
  world: SourceWorld,
  parts: PollerParts,
): MadeSource<PollableStream> {
  const waitsFor = missingOfSource(source, world.environment, world.secrets);
  const definition = { file, source: source.name, streams: [GA4_STREAM], problems: [], waitsFor };
  if (waitsFor.length > 0) {
    const problem = `not polled until these are set: ${waitsFor.join(', ')}`;
    return { definition: { ...definition, problems: [problem] }, streams: [] };
  }
  try {
    return { definition, streams: [streamOf(source, file, world, parts)] };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { definition: { ...definition, problems: [problem] }, streams: [] };
  }
}

/** @throws SliceError, or what is wrong with the conversions of the definition */
function streamOf(
  source: Ga4SourceDefinition,
  file: string,
  { secrets, environment }: SourceWorld,
  parts: PollerParts,
): PollableStream {
  const ga4 = createExport(source, {
    now: parts.now,
    secret: secrets,
    emulatorHost: environment['BIGQUERY_EMULATOR_HOST'],
    onAnswer: (status) => parts.metrics.sourceRequests.inc({ source: source.name, status }),
    file,
  });
  const poller = new ShardPoller({
    ...parts,
    source: {
      definition: source,
      compiled: compileGa4(source),
      export: ga4,
      pollIntervalMs: durationMs(source.poll_interval)!,
    },
  });
  return {
    source: source.name,
    stream: GA4_STREAM,
    definitionHash: hashParts([canonicalJson(source)]),
    msUntilDue: () => poller.msUntilDue(),
    poll: () => poller.poll(),
    backfill: (from, to) => poller.backfill(from, to),
  };
}
