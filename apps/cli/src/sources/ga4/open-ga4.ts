import { createExport, type Ga4Export } from '#apps/ga4-poller';
import { compileGa4, type CompiledGa4, type ShardKind } from '#libs/ga4';
import { missingOfSource, readEnvironment, secretsOf } from '#libs/runtime';
import { GA4_STREAM, SliceError } from '#libs/sources';
import { CommandFailed } from '../../exit-code.js';
import type { FoundGa4 } from './found-ga4.js';

export type { ReadPlan, ShardInfo } from '#apps/ga4-poller';

/** What reads its rows, and what they mean. */
export interface OpenGa4 extends FoundGa4 {
  export: Ga4Export;
  compiled: CompiledGa4;
}

/**
 * Opens its export.
 * @throws CommandFailed where settings are missing
 */
export function openGa4(found: FoundGa4): OpenGa4 {
  const { source, file } = found;
  const environment = readEnvironment();
  const secrets = secretsOf(environment);
  const missing = missingOfSource(source, environment, secrets);
  if (missing.length > 0) throw new CommandFailed(`set ${missing.join(', ')} first, as ${file} needs`);
  const opened = createExport(source, {
    ...{ file, secret: secrets, now: Date.now },
    emulatorHost: environment['BIGQUERY_EMULATOR_HOST'],
  });
  return { ...found, export: opened, compiled: compileGa4(source) };
}

/** Does something with an export; what it cannot read is said as the failure of the command. */
export async function withGa4<T>(
  found: FoundGa4,
  work: (ga4: OpenGa4, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const giveUp = new AbortController();
  try {
    return await work(openGa4(found), giveUp.signal);
  } catch (error) {
    if (!(error instanceof SliceError)) throw error;
    throw new CommandFailed(`${found.source.name} ${GA4_STREAM}: ${error.message}${adviceOn(error, found)}`);
  } finally {
    giveUp.abort();
  }
}

/** `daily events_20261120`. */
export function shardText({ id, kind }: { id: string; kind: ShardKind }): string {
  return `${id} (${kind})`;
}

/** Where the export is, in words. */
export function placeOf({ source: { export: place, property } }: FoundGa4): string {
  if (place.type === 'files') return `files of ${place.folder}`;
  return `BigQuery, ${place.project}, dataset ${place.dataset ?? `analytics_${property}`}`;
}

function adviceOn({ reason }: SliceError, { source, file }: FoundGa4): string {
  if (reason !== 'config_error') return '';
  return source.export.type === 'bigquery'
    ? `\n${file}: look at export: project, dataset and location, and what the credentials may do ` +
        `(BigQuery Data Viewer on the dataset, BigQuery Job User on the project)`
    : `\n${file}: look at export.folder`;
}
