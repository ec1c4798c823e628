import { SliceError } from '#libs/sources';

/**
 * A file of a shard cannot be read. The message is for people; it holds nothing of a row.
 * @param name of the file, without its folder, or of the shard
 */
export function unreadable(name: string, problem: string, cause?: unknown): SliceError {
  return new SliceError('config_error', 'decode', `${name}: ${problem}`, { cause });
}

/** A file or shard that was listed is not there any more. */
export function isGone(name: string): SliceError {
  return new SliceError('transient_error', 'decode', `${name}: it was there and is gone`);
}

/** A shard is no longer the version that was listed. */
export function hasChanged(name: string): SliceError {
  const text = 'it has changed while it was read; it is read again from its start';
  return new SliceError('transient_error', 'decode', `${name}: ${text}`);
}
