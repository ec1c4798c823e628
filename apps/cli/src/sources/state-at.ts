import { parseInstant } from '#libs/events';
import type { IncrementalSyncDefinition, StreamState } from '#libs/sources';
import { CommandFailed } from '../exit-code.js';

/**
 * The state of a stream that is to go on from there: an instant, an id or a cursor, whichever it is read by.
 * @throws CommandFailed where the text is none of its kind
 */
export function stateAt(sync: IncrementalSyncDefinition, text: string): StreamState {
  switch (sync.type) {
    case 'datetime': {
      const watermark = parseInstant(text);
      if (watermark === undefined) {
        throw new CommandFailed(
          'this stream is read by time: --to must be an instant, as 2026-11-21 or 2026-11-21T10:00:00Z',
        );
      }
      return { type: 'datetime', watermark, tiers: {} };
    }
    case 'id':
      return { type: 'id', greatest: text };
    case 'cursor':
      return { type: 'cursor', cursor: text };
    case 'full_refresh':
      throw new CommandFailed('this stream is read whole with every poll; there is nothing to go on from');
  }
}

/** A state in words: `read up to 2026-11-21T10:00:00Z`. */
export function stateText(state: StreamState | null): string {
  if (state === null) return 'nothing read yet';
  switch (state.type) {
    case 'datetime':
      return `read up to ${state.watermark.replace(/\.0+Z$/, 'Z')}`;
    case 'id':
      return `read up to id ${state.greatest}`;
    case 'cursor':
      return state.cursor === '' ? 'at the beginning' : `read up to cursor ${state.cursor}`;
    case 'full_refresh':
      return 'read whole with every poll';
  }
}
