import type { PollerParts } from '#libs/polling';
import type { HoldRoom } from './hold-room.js';

/** What every poll of a process shares. */
export interface HttpPollerParts extends PollerParts {
  room: HoldRoom;
}
