/** What is wrong with a YAML file, and where. */
export interface FileProblem {
  /** Path of the file, as it was given. */
  file: string;
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
  /** Where in the data: `streams[0].mapping[1].fields.amount`; empty for the whole. */
  at: string;
  /** The rule that is broken, in words. */
  message: string;
}

/** Names of members and indexes of lists, from the data's root. */
export type Place = readonly (string | number)[];

/** The problem as one line: `sources/besitos.yaml:12:7: streams[0].paginator: unknown key stpo (did you mean stop?)`. */
export function problemText({ file, line, column, at, message }: FileProblem): string {
  return `${file}:${line}:${column}: ${at === '' ? '' : `${at}: `}${message}`;
}

/** A place as people write it. */
export function placeText(place: Place): string {
  let text = '';
  for (const step of place) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w$-]+$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}
