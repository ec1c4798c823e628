import { hostname, userInfo } from 'node:os';

/** Who changes something, for `source_changes`. */
export function askedBy(): string {
  return `${userInfo().username}@${hostname()}`;
}
