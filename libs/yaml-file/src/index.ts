export { Cursor } from './cursor.js';
export { problemText, type FileProblem, type Place } from './problem.js';
export {
  anyText,
  choice,
  constant,
  flag,
  list,
  map,
  object,
  oneOf,
  optional,
  reference,
  text,
  whole,
  type MembersOf,
  type Optional,
  type Schema,
} from './schema-parts.js';
export { problemsOfSchema, type FileSchema, type TextProblem } from './schema-problems.js';
export { suggestion } from './suggestion.js';
export { YamlFile } from './yaml-file.js';
