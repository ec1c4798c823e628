import { Cursor, YamlFile, problemsOfSchema, type FileProblem } from '#libs/yaml-file';
import type { SourceDefinition } from '../definition.js';
import { RecordSchemaError, compileRecordSchema } from '../mapping/record-schema.js';
import { checkCondition, checkMapping } from './check-mapping.js';
import { checkPlaceholders } from './check-placeholders.js';
import { checkDecoder, checkSource } from './check-streams.js';
import { SOURCE_SCHEMA } from './source-schema.js';

/** A source and the schemas that its streams name, by their `$ref`; or all that is wrong with it. */
export type ParsedSource =
  { source: SourceDefinition; schemas: ReadonlyMap<string, object> } | { problems: FileProblem[] };

/** The JSON that stands in a file beside the source's, or why it cannot be had. */
export type ReadSchema = (ref: string) => { schema: unknown } | { problem: string };

/**
 * Reads the definition of a source. Every problem is told, in the order of the file, with the line and column of the
 * key where the key is wrong, else of the value.
 * @param path how problems name the file
 * @param readSchema without it no schema of a record is looked at
 */
export function parseSource(text: string, path: string, readSchema?: ReadSchema): ParsedSource {
  const file = YamlFile.read(text, path);
  if (Array.isArray(file)) return { problems: file };
  const problems = problemsOfSchema(file, SOURCE_SCHEMA);
  const source = new Cursor(file.data, [], file, problems);
  checkSource(source);
  checkPlaceholders(source);
  checkMapping(source.at('conversions'), true, ['occurred_at', 'client_id', 'user_id']);
  const schemas = new Map<string, object>();
  for (const stream of source.at('streams').items()) {
    checkMapping(stream.at('mapping'), stream.at('version').isThere || stream.at('cursor_field').isThere);
    checkCondition(stream.at('record_selector').at('filter'));
    if (readSchema) checkRecordSchema(stream.at('schema').at('$ref'), readSchema, schemas);
  }
  if (problems.length === 0) for (const stream of source.at('streams').items()) checkDecoder(stream);
  if (problems.length === 0) return { source: file.data as SourceDefinition, schemas };
  return { problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
}

function checkRecordSchema(ref: Cursor, readSchema: ReadSchema, schemas: Map<string, object>): void {
  if (ref.text === undefined) return;
  const read = readSchema(ref.text);
  if ('problem' in read) return ref.wrong(read.problem);
  try {
    compileRecordSchema(read.schema);
    schemas.set(ref.text, read.schema as object);
  } catch (e) {
    if (!(e instanceof RecordSchemaError)) throw e;
    ref.wrong(e.message);
  }
}
