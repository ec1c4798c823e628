import type { Command } from 'commander';
import { yamlFilesIn } from '#libs/runtime';
import { streamsOf } from '#libs/sources';
import { problemText, type FileProblem } from '#libs/yaml-file';
import { CommandFailed } from '../exit-code.js';
import { runFixtures, writeEvents, type FixtureRun } from '../sources/fixtures/run-fixture.js';
import { openSourceFile, type SourceFile } from '../sources/load-source.js';
import { existingSourcesDir, sourcesDir } from '../sources/sources-dir.js';
import { countOf, indented, rejectionText, summaryText } from '../sources/trial-text.js';
import { print, printJson, strong } from '../print.js';

interface Options {
  updateFixtures?: true;
  json?: true;
}

/** A file, and the recorded answers of its source. */
interface Validated {
  file: SourceFile;
  runs: FixtureRun[];
}

/** `tributary sources validate`: files against the schema, recorded answers against the mapping. */
export function addSourcesValidate(sources: Command): void {
  sources
    .command('validate')
    .description('check definitions, and map the recorded answers beside them; asks nobody')
    .argument('[files...]', 'definitions (default: all of SOURCES_DIR)')
    .option('--update-fixtures', 'write the events of recorded answers beside them')
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      `
Every problem is one line: file:line:column: key: what is wrong. Recorded answers stand in
fixtures/<source>/<stream>.<json|jsonl|csv|xml> beside the definition, the events that they must become in
fixtures/<source>/<stream>.events.json. Exit code 1 where anything is wrong.

Examples:
  npx tributary sources validate
  npx tributary sources validate sources/besitos.yaml
  npx tributary sources validate sources/acme.yaml --update-fixtures`,
    )
    .action((files: string[], options: Options) => run(files, options));
}

async function run(files: string[], { updateFixtures, json }: Options): Promise<void> {
  const paths = files.length > 0 ? files : yamlFilesIn(existingSourcesDir());
  const read = withoutTwins(paths.map(openSourceFile));
  const validated: Validated[] = [];
  for (const file of read) {
    const { source } = file;
    validated.push({ file, runs: source ? await runFixtures({ ...file, source }) : [] });
  }
  if (updateFixtures) {
    for (const fixture of validated.flatMap((v) => v.runs))
      if (fixture.error === undefined) writeEvents(fixture);
  }
  const isWrong = (run: FixtureRun): boolean =>
    run.error !== undefined || (!updateFixtures && isUnexpected(run));
  if (json) printJson(validated.map((v) => jsonOf(v, isWrong)));
  else for (const one of validated) print(textOf(one, updateFixtures ?? false));
  if (!json && paths.length === 0) print(`${sourcesDir()} has no source; sources new writes one`);
  const alone = validated.flatMap((v) => v.runs).filter((r) => r.error === undefined && r.diff === undefined);
  if (!json && !updateFixtures && alone.length > 0) {
    const answers = `${countOf(alone.length, 'recorded answer')} ${alone.length === 1 ? 'has' : 'have'}`;
    print(`${answers} no .events.json to be compared with; --update-fixtures writes them`);
  }
  const wrong = validated.filter((v) => v.file.problems.length > 0 || v.runs.some(isWrong));
  if (wrong.length > 0)
    throw new CommandFailed(`${wrong.length} of ${countOf(validated.length, 'file')} wrong`);
}

/** Rejections are unexpected unless the events that stand beside the answer have them too. */
function isUnexpected({ diff, tried }: FixtureRun): boolean {
  return diff === undefined ? tried.some((t) => t.rejections.length > 0) : diff.length > 0;
}

/** Two sources of one name would be read as one. */
function withoutTwins(files: readonly SourceFile[]): SourceFile[] {
  return files.map((file, i) => {
    const twin = files.slice(0, i).find(({ source }) => source && source.name === file.source?.name);
    if (!twin || !file.source) return file;
    const problem: FileProblem = {
      file: file.path,
      line: 1,
      column: 1,
      at: 'name',
      message: `there is a source ${file.source.name} already, in ${twin.path}`,
    };
    return { path: file.path, schemas: file.schemas, problems: [problem] };
  });
}

function textOf({ file: { path, source, problems }, runs }: Validated, updated: boolean): string {
  if (!source) return problems.map(problemText).join('\n');
  const streams = streamsOf(source);
  const rules = streams.reduce((n, stream) => n + stream.mapping.length, 0);
  const head = `${strong(path)}: ${countOf(streams.length, 'stream')}, ${countOf(rules, 'mapping rule')}`;
  return [head, ...runs.map((fixture) => indented(fixtureText(fixture, updated)))].join('\n');
}

function fixtureText(fixture: FixtureRun, updated: boolean): string {
  const { path, tried, error, diff, eventsPath } = fixture;
  if (error !== undefined) return `${path}: ${error}`;
  const lines = [`${path}: ${summaryText(tried)}${diff?.length === 0 ? ', as expected' : ''}`];
  if (updated) return [...lines, `  wrote ${eventsPath}`].join('\n');
  if (diff === undefined || diff.length > 0) {
    tried.forEach(({ rejections, naturalKey }, i) => {
      for (const rejection of rejections) {
        lines.push(
          `  record ${i + 1}${naturalKey === undefined ? '' : ` · ${naturalKey}`}: ${rejectionText(rejection)}`,
        );
      }
    });
  }
  if (diff && diff.length > 0) {
    lines.push(`  differs from ${eventsPath} (- expected, + is; --update-fixtures takes what is):`);
    lines.push(indented(diff.join('\n'), 4));
  }
  return lines.join('\n');
}

function jsonOf(
  { file: { path, source, problems }, runs }: Validated,
  isWrong: (run: FixtureRun) => boolean,
): object {
  return {
    file: path,
    ok: problems.length === 0 && !runs.some(isWrong),
    source: source?.name,
    streams:
      source &&
      streamsOf(source).map((stream) => ({ name: stream.name, mapping_rules: stream.mapping.length })),
    problems: problems.map(({ line, column, at, message }) => ({ line, column, at, message })),
    fixtures: runs.map((run) => ({
      file: run.path,
      stream: run.stream,
      ok: !isWrong(run),
      records: run.tried.length,
      events: countsOf(run.tried.flatMap((t) => t.events.map((e) => e.kind))),
      rejected: run.tried.flatMap((t, i) =>
        t.rejections.map(({ reason, path: at, detail }) => ({ record: i + 1, reason, path: at, detail })),
      ),
      error: run.error,
      diff: run.diff,
    })),
  };
}

function countsOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
