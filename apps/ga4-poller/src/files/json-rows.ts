import { compileDecoder, DecodeError, isJsonObject, type JsonObject } from '#libs/sources';
import { firstCharacter, openBytes, type RowFile } from './open-bytes.js';
import { unreadable } from './shard-file-error.js';

const readLines = compileDecoder({ type: 'jsonl', charset: 'utf-8', compression: 'none' });
const readArray = compileDecoder({ type: 'json', charset: 'utf-8', compression: 'none' });

/**
 * Rows of JSON lines, as BigQuery exports JSON, or of one array, in batches of up to 1,000. Which of them it is the first
 * character says, as both are named `.json`.
 * @throws SliceError
 */
export async function* jsonRows(file: RowFile, signal: AbortSignal): AsyncGenerator<JsonObject[]> {
  const read = (await firstCharacter(file, signal)) === '[' ? readArray : readLines;
  try {
    for await (const batch of read(openBytes(file, signal))) {
      const rows = batch.filter(isJsonObject);
      if (rows.length < batch.length) throw unreadable(file.name, 'a row must be an object of JSON');
      yield rows;
    }
  } catch (error) {
    throw error instanceof DecodeError ? unreadable(file.name, error.message, error) : error;
  }
}
