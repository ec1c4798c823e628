import type { Command } from 'commander';
import { instantFromMs, type Instant } from '#libs/events';
import { CommandFailed } from '../exit-code.js';
import { checkEvents, publishEvents, type Checked, type ImportFile } from '../import/import-events.js';
import type { OnRead, WrongLine } from '../import/import-events.js';
import { openImport } from '../import/open-import.js';
import { count, print, printJson } from '../print.js';
import { progressBar } from '../progress-bar.js';
import { withPlatform } from '../with-platform.js';

interface Options {
  skipInvalid?: true;
  json?: true;
}

/** So many wrong lines are shown; the others are counted. */
const SHOWN = 20;

/** `tributary import`: canonical events from a file or a pipe. */
export function addImport(program: Command): void {
  program
    .command('import')
    .description('take in canonical events: CloudEvents as JSON, one a line')
    .argument('[file]', 'the file; - is standard input', '-')
    .option('--skip-invalid', 'leave out lines that are wrong, and take in the others')
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      `
Every line is checked first. Where one is wrong, nothing is taken in, unless --skip-invalid. The forms of the events
are published in libs/events/schemas. A line may leave out its id (made of what it says: the same line is the same
event whenever it is taken in) and its time (then it is received now). Taking a file in twice changes nothing.

Examples:
  npx tributary import deposits.jsonl
  zcat world.jsonl.gz | npx tributary import -`,
    )
    .action((path: string, options: Options, command: Command) => {
      if (path === '-' && process.stdin.isTTY) command.error('error: name a file, or pipe events in');
      return run(path, options);
    });
}

async function run(path: string, { skipInvalid, json }: Options): Promise<void> {
  const receivedAt = instantFromMs(Date.now());
  const input = await openImport(path);
  try {
    const checked = await check(input, receivedAt);
    const refused = checked.wrong > 0 && !skipInvalid;
    const published = refused || checked.events === 0 ? 0 : await publish(input, receivedAt);
    if (json) printJson({ published, wrong: checked.wrong });
    else if (!refused) print(`took in ${events(published)}`);
    if (refused) throw new CommandFailed(`nothing is taken in: ${lines(checked.wrong)} wrong`);
  } finally {
    await input.file.close();
  }
}

function check(input: ImportFile, receivedAt: Instant): Promise<Checked> {
  let shown = 0;
  let hidden = 0;
  const onWrong = ({ line, path, detail }: WrongLine): void => {
    if (shown++ < SHOWN) process.stderr.write(`line ${line}: ${path === '' ? '' : `${path} `}${detail}\n`);
    else hidden++;
  };
  return withBar(input, (onRead) => checkEvents(input, receivedAt, onWrong, onRead)).finally(() => {
    if (hidden > 0) process.stderr.write(`and ${count(hidden)} more\n`);
  });
}

function publish(input: ImportFile, receivedAt: Instant): Promise<number> {
  return withPlatform(({ eventLog }) =>
    withBar(input, (onRead) => publishEvents(input, receivedAt, eventLog, onRead)),
  );
}

async function withBar<T>({ bytes }: ImportFile, work: (onRead: OnRead) => Promise<T>): Promise<T> {
  const { onProgress, end } = progressBar('bytes');
  return work((done) => onProgress(done, bytes)).finally(end);
}

const events = (n: number): string => `${count(n)} ${n === 1 ? 'event' : 'events'}`;
const lines = (n: number): string => (n === 1 ? 'a line is' : `${count(n)} lines are`);
