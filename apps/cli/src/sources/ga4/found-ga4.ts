import { GA4_STREAM, type Ga4SourceDefinition } from '#libs/sources';
import { CommandFailed } from '../../exit-code.js';
import type { SourceFile } from '../load-source.js';

/** A source of GA4 rows with its file. */
export interface FoundGa4 {
  file: string;
  source: Ga4SourceDefinition;
}

/**
 * The source of a file of type ga4; its one stream may be named.
 * @throws CommandFailed where another stream is named
 */
export function foundGa4({ path }: SourceFile, source: Ga4SourceDefinition, stream?: string): FoundGa4 {
  if (stream !== undefined && stream !== GA4_STREAM) {
    throw new CommandFailed(`${source.name} has no stream ${stream}; its one stream is ${GA4_STREAM}`);
  }
  return { file: path, source };
}
