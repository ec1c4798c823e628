import { dirname, join } from 'node:path';
import { parseSource, type ReadSchema, type SourceDefinition, type SourceType } from '#libs/sources';
import type { FileProblem } from '#libs/yaml-file';
import type { Environment } from './environment.js';
import { SettingsError } from './settings.js';
import { isFolder, readTextFile, yamlFilesIn } from './yaml-dir.js';

/** A source that can work, and the schemas that its streams name, by their `$ref`. */
export interface LoadedSource<Source extends SourceDefinition = SourceDefinition> {
  source: Source;
  schemas: ReadonlyMap<string, object>;
  /** Path of its file. */
  file: string;
}

/** What stands in the folder of source definitions. */
export interface SourcesDir {
  /** In the order of their files' names. */
  sources: LoadedSource[];
  /** Of the files whose sources are left out. */
  problems: FileProblem[];
}

/**
 * Reads every `*.yaml` and `*.yml` of a folder (`SOURCES_DIR`), not of those below it. A source that cannot work is left
 * out with all that is wrong with it, and the others run on; of two files with one name both are left out, as either may
 * be the stale one. A folder that is not there has no sources.
 */
export function readSourcesDir(dir: string): SourcesDir {
  const sources: LoadedSource[] = [];
  const problems: FileProblem[] = [];
  for (const file of yamlFilesIn(dir)) {
    const read = readSourceFile(file);
    if ('problems' in read) problems.push(...read.problems);
    else sources.push(read);
  }
  const twice = sources.filter(
    ({ source }) => sources.filter((s) => s.source.name === source.name).length > 1,
  );
  for (const { source, file } of twice) {
    const others = twice.filter((o) => o.source.name === source.name && o.file !== file).map((o) => o.file);
    const message = `the name ${source.name} is also that of ${others.join(', ')}`;
    problems.push({ file, line: 1, column: 1, at: 'name', message });
  }
  return { sources: sources.filter((s) => !twice.includes(s)), problems };
}

/** A folder that is named is there; the usual one need not be. @throws SettingsError */
export function checkSourcesDir({ SOURCES_DIR }: Environment): void {
  if (SOURCES_DIR && !isFolder(SOURCES_DIR)) {
    throw new SettingsError(['SOURCES_DIR must be a folder that is there']);
  }
}

/** Those of one type. */
export function sourcesOfType<Type extends SourceType>(
  sources: readonly LoadedSource[],
  type: Type,
): LoadedSource<Extract<SourceDefinition, { type: Type }>>[] {
  return sources.filter(
    (loaded): loaded is LoadedSource<Extract<SourceDefinition, { type: Type }>> =>
      loaded.source.type === type,
  );
}

/** Reads one file, and the schemas that it names. */
export function readSourceFile(file: string): LoadedSource | { problems: FileProblem[] } {
  const text = readTextFile(file);
  if (typeof text === 'object') {
    return { problems: [{ file, line: 1, column: 1, at: '', message: `the file ${text.problem}` }] };
  }
  const parsed = parseSource(text, file, schemasBeside(file));
  return 'problems' in parsed ? parsed : { ...parsed, file };
}

function schemasBeside(file: string): ReadSchema {
  return (ref) => {
    const path = join(dirname(file), ref);
    const text = readTextFile(path);
    if (typeof text === 'object') return { problem: `${path} ${text.problem}` };
    try {
      return { schema: JSON.parse(text) as unknown };
    } catch {
      return { problem: `${path} is no JSON` };
    }
  };
}
