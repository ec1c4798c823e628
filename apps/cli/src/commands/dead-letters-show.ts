import type { Command } from 'commander';
import { databaseOf } from '#libs/runtime';
import {
  DEAD_LETTER_COLUMNS,
  storedDeadLetterOf,
  type DeadLetterRow,
  type StoredDeadLetter,
} from '../dead-letters/stored-dead-letter.js';
import { CommandFailed } from '../exit-code.js';
import { print, printJson, strong } from '../print.js';
import { withPlatform } from '../with-platform.js';

/** `tributary dead-letters show <id>`: all of one. */
export function addDeadLettersShow(deadLetters: Command): void {
  deadLetters
    .command('show')
    .description('show one dead letter with its original')
    .argument('<id>', 'its id, as the list has it; the beginning of it is enough where that is unique')
    .option('--json', 'answer as JSON')
    .addHelpText('after', '\nExample:\n  npx tributary dead-letters show 3f0c9a')
    .action(async (id: string, options: { json?: true }) => {
      const letter = await read(id.toLowerCase());
      if (options.json) printJson(letter);
      else print(deadLetterText(letter));
    });
}

/** A dead letter as people read it. */
export function deadLetterText(d: StoredDeadLetter): string {
  const fields: [string, string][] = [
    ['Dead letter', d.dead_letter_id],
    ['reason', d.reason],
    ['what is wrong', `${d.path === '' ? 'the record' : d.path} ${d.detail}`],
    ['source', d.source ?? 'the record does not tell'],
    ['receipt', d.receipt_id ?? 'the record does not tell'],
    ['event id', d.event_id ?? 'the record does not tell'],
    ['record', `${d.topic}, partition ${d.partition}, offset ${d.record_offset}`],
    ['key', d.record_key],
    ['given up at', `${d.failed_at} by ${d.app} ${d.app_version}`],
    ['replayed at', d.replayed_at ?? 'not yet'],
  ];
  const width = Math.max(...fields.map(([name]) => name.length)) + 3;
  const lines = fields.map(([name, value]) => strong(name.padEnd(width)) + value);
  const cut = d.original_truncated ? ' (only its beginning: the whole did not fit)' : '';
  return [...lines, '', strong(`Original${cut}`), prettyJson(d.original)].join('\n');
}

function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text; // not JSON, which may be what is wrong with it
  }
}

async function read(id: string): Promise<StoredDeadLetter> {
  if (!/^[0-9a-f]{1,64}$/.test(id)) throw new CommandFailed(`${id} is no id of a dead letter`);
  const found = await withPlatform((platform) =>
    databaseOf(platform).pool.query<DeadLetterRow>(
      `SELECT ${DEAD_LETTER_COLUMNS} FROM tributary.dead_letters
        WHERE dead_letter_id >= $1 AND dead_letter_id < $1 || 'g' ORDER BY dead_letter_id LIMIT 2`,
      [id],
    ),
  );
  const [letter, another] = found.rows;
  if (!letter) throw new CommandFailed(`there is no dead letter ${id}`);
  if (another && letter.dead_letter_id !== id) {
    throw new CommandFailed(`several dead letters begin with ${id}; give more of the id`);
  }
  return storedDeadLetterOf(letter);
}
