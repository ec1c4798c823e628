import { hostname, userInfo } from 'node:os';

/** Who changes something, for the record of it. */
export function askedBy(): string {
  return `${userInfo().username}@${hostname()}`;
}
