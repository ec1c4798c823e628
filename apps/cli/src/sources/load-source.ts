import { readFileSync } from 'node:fs';
import { readSourceFile, yamlFilesIn } from '#libs/runtime';
import { type HttpSourceDefinition, type SourceDefinition, type StreamDefinition } from '#libs/sources';
import { problemText, suggestion, type FileProblem } from '#libs/yaml-file';
import { CommandFailed } from '../exit-code.js';

/** A source's file. */
export interface SourceFile {
  path: string;
  /** Absent: the file is wrong. */
  source?: SourceDefinition;
  /** JSON Schemas of records, by their `$ref`. */
  schemas: ReadonlyMap<string, object>;
  problems: readonly FileProblem[];
}

/** A stream, with the file that defines it. */
export interface FoundStream {
  file: SourceFile;
  source: HttpSourceDefinition;
  stream: StreamDefinition;
  /** Its place among the streams of the file. */
  index: number;
  /** Of its records. */
  recordSchema: object | undefined;
}

/** Reads a definition and the schemas that it names. */
export function openSourceFile(path: string): SourceFile {
  const read = readSourceFile(path);
  if (!('problems' in read)) return { path, source: read.source, schemas: read.schemas, problems: [] };
  return { path, schemas: new Map(), problems: read.problems };
}

/**
 * The stream of a partner's API by its names; the only one of the source where none is named.
 * @throws CommandFailed where there is none, with the nearest names, or where its file is wrong
 */
export function findHttpStream(dir: string, name: string, streamName: string | undefined): FoundStream {
  const file = openSource(dir, name);
  const source = httpSourceOf(file);
  const names = source.streams.map((stream) => stream.name);
  const wanted = streamName ?? (names.length === 1 ? names[0]! : undefined);
  if (wanted === undefined) {
    throw new CommandFailed(`${name} has several streams; name one of ${names.join(', ')}`);
  }
  const index = names.indexOf(wanted);
  const stream = source.streams[index];
  if (!stream) {
    throw new CommandFailed(
      `${name} has no stream ${wanted}${suggestion(wanted, names)}; it has ${names.join(', ')}`,
    );
  }
  const recordSchema = stream.schema && file.schemas.get(stream.schema.$ref);
  return { file, source, stream, index, recordSchema };
}

/** @throws CommandFailed where it is of another type */
export function httpSourceOf({ source }: { source: SourceDefinition }): HttpSourceDefinition {
  if (source.type === 'http') return source;
  throw new CommandFailed(`${source.name} is of type ${source.type}; this command is for those of type http`);
}

/** @throws CommandFailed where there is none, or where its file is wrong */
export function openSource(dir: string, name: string): SourceFile & { source: SourceDefinition } {
  const files = yamlFilesIn(dir).map(openSourceFile);
  for (const file of files) if (file.source?.name === name) return { ...file, source: file.source };
  const broken = files.find(({ path, problems }) => problems.length > 0 && isNamed(path, name));
  if (broken) {
    throw new CommandFailed(
      `the definition of ${name} is wrong:\n${broken.problems.map(problemText).join('\n')}`,
    );
  }
  const names = files.flatMap(({ source }) => source?.name ?? []);
  const others =
    names.length === 0
      ? `there is none in ${dir} (SOURCES_DIR names another folder, sources new writes one)`
      : `${dir} has ${names.join(', ')}`;
  throw new CommandFailed(`there is no source ${name}${suggestion(name, names)}; ${others}`);
}

/** Whether a file that cannot be read is probably the one of this source. */
function isNamed(path: string, name: string): boolean {
  return path.includes(name) || new RegExp(`^name: *['"]?${name}\\b`, 'm').test(readFileSync(path, 'utf8'));
}
