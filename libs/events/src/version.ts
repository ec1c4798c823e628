import { instantToMicros, isInstant } from './instant.js';

const WHOLE_NUMBER = /^\d{1,18}$/;

/** Whether the text is a source's revision of a record: an instant, or a whole number of up to 18 digits. */
export function isVersion(text: string): boolean {
  return WHOLE_NUMBER.test(text) || isInstant(text);
}

/** A version as a number that grows with it: an instant's epoch microseconds, or the number itself. */
export function versionNumber(version: string): bigint {
  return WHOLE_NUMBER.test(version) ? BigInt(version) : instantToMicros(version);
}
