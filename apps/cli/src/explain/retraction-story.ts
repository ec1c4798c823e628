import { TRUST_NAMES, trustedAs } from '#apps/attribution';
import type { Retraction } from '#libs/database';
import type { Instant, Trust } from '#libs/events';
import { NO_RECEIPT, tellVersion } from './fact-story.js';
import { at, item, section } from './text.js';

/** That a source no longer tells of a conversion. */
export interface RetractionStory {
  source: string;
  trust: Trust;
  /** Whatever the source told at a lower revision does not stand. */
  version: string;
  /** When the source no longer had it, and when that was received. */
  occurred_at: Instant;
  received_at: Instant;
  /** When the source told of it first; null: it never has so far. */
  first_received_at: Instant | null;
  event_id: string;
  receipt_id: string | null;
}

/** A retraction as data. */
export function retractionStory(r: Retraction): RetractionStory {
  const { source, occurred_at, received_at, first_received_at, event_id, receipt_id } = r;
  return {
    ...{ source, trust: trustedAs(r), version: String(r.version), occurred_at, received_at },
    ...{ first_received_at, event_id, receipt_id: receipt_id === NO_RECEIPT ? null : receipt_id },
  };
}

/** Which sources took back what they told, and when. */
export function tellRetractions(retractions: readonly RetractionStory[]): string | undefined {
  if (retractions.length === 0) return undefined;
  return section(
    'No longer told',
    retractions.map((r) => {
      const told =
        r.first_received_at === null
          ? 'it has told nothing of it so far'
          : `it told of it first ${at(r.first_received_at)}`;
      return item(
        `${r.source} (${TRUST_NAMES[r.trust]}) took it back ${at(r.occurred_at)}, received ${at(r.received_at)}; ${told}\n` +
          `what it tells below version ${tellVersion(r.version)} does not stand\nevent ${r.event_id}`,
      );
    }),
  );
}
