import type { CanonicalEvent, Rejection } from '#libs/events';
import { checked, eventOf, type Telling } from './telling.js';
import type { Visit } from './visit.js';

/** Rows that show who a client is by their `user_id`: of the many rows of a signed-in user these are enough. */
const SHOWS_USER: ReadonlySet<string> = new Set([
  ...['session_start', 'first_visit', 'first_open', 'page_view', 'screen_view', 'login', 'sign_up'],
]);

/** Whether the row is to tell that two of client, user and a click of ours belong together. */
export function tellsLink({ read, clickIds }: Visit): boolean {
  if (clickIds.own !== undefined) return read.clientId !== undefined || read.userId !== undefined;
  return SHOWS_USER.has(read.name) && read.clientId !== undefined && read.userId !== undefined;
}

/** The link alone, for a row whose other events do not tell it: every event that names two of them says so as well. */
export function identityLink(telling: Telling, visit: Visit): CanonicalEvent | Rejection {
  return checked(eventOf('identity_link', 'identity_link', telling, visit));
}
