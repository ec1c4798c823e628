import type { DatetimeSyncDefinition } from '#libs/sources';
import { cannotTell, ok, wrong, type Verdict } from './verdict.js';

const QUESTION = 'Do both ends behave as boundary says?';

/**
 * Judges by two windows of which a record's own time is the one's beginning and the other's end.
 * @param atBegin whether the record came where the window begins with its time; `atEnd`: where it ends with it
 */
export function judgeBoundary(
  declared: NonNullable<DatetimeSyncDefinition['boundary']>,
  atBegin: boolean,
  atEnd: boolean,
): Verdict {
  const seen = `a record comes ${atBegin ? '' : 'not '}where the window begins with its time, and ${atEnd ? '' : 'not '}where it ends with it`;
  const found = atBegin ? (atEnd ? 'closed' : 'half_open') : atEnd ? undefined : 'open';
  if (found === undefined) {
    return cannotTell(QUESTION, `${seen}: the partner reads after its first end and up to its last`, {
      place: 'incremental_sync.boundary',
      text: 'closed loses nothing here; rows on an end come twice, which does no harm',
    });
  }
  if (found === declared) return ok(QUESTION, `${seen}: ${found}`);
  return wrong(QUESTION, `${seen}: that is ${found}, not ${declared}`, {
    place: 'incremental_sync.boundary',
    text: `write boundary: ${found}`,
  });
}
