import type { Ga4SourceDefinition } from '#libs/sources';
import type { CompiledGa4 } from '#libs/ga4';
import type { PollerParts } from '#libs/polling';
import type { Ga4Export } from './export.js';

/** A source of GA4's export as the poller knows it: made once from its definition, at the start. */
export interface Ga4Source {
  definition: Ga4SourceDefinition;
  compiled: CompiledGa4;
  export: Ga4Export;
  pollIntervalMs: number;
}

/** A source, and what every poll of the process shares. */
export interface Ga4Parts extends PollerParts {
  source: Ga4Source;
}
