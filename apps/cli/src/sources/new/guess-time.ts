/** How times are written, as `time` and `format` of a source definition say it. */
export interface GuessedTime {
  format: string;
  /** Whether the texts say their zone themselves. */
  hasZone: boolean;
}

const CLOCKS: readonly [shape: RegExp, format: string][] = [
  [/^$/, ''],
  [/^ \d{2}:\d{2}$/, ' HH:mm'],
  [/^ \d{2}:\d{2}:\d{2}$/, ' HH:mm:ss'],
  [/^ \d{2}:\d{2}:\d{2}\.\d{3}$/, ' HH:mm:ss.SSS'],
  [/^ \d{2}:\d{2}:\d{2}\.\d+$/, ' HH:mm:ss.u'],
  [/^ \d{1,2}:\d{2}:\d{2} [AaPp][Mm]$/, ' h:mm:ss a'],
  [/^ \d{1,2}:\d{2} [AaPp][Mm]$/, ' h:mm a'],
];
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/;
const EPOCHS: readonly [shape: RegExp, format: string][] = [
  [/^[12]\d{9}$/, 'epoch_seconds'],
  [/^[12]\d{12}$/, 'epoch_ms'],
  [/^[12]\d{15}$/, 'epoch_us'],
];
const DAY = /^(?:\d{4}([-/])\d{2}\1\d{2}|(\d{2})([-/.])(\d{2})\3\d{4})/;

/**
 * How all of these texts are written, where they are times. Of `03-04-2026` alone nobody can say which number is the
 * month: it is taken for the first, except with dots (`04.03.2026`) and where another text has a first number beyond 12.
 */
export function guessTime(texts: readonly string[]): GuessedTime | undefined {
  const all = (shape: RegExp): boolean => texts.length > 0 && texts.every((text) => shape.test(text));
  const epoch = EPOCHS.find(([shape]) => all(shape));
  if (epoch) return { format: epoch[1], hasZone: true };
  if (all(ISO)) return { format: 'iso', hasZone: texts.every((text) => ISO.exec(text)![1] !== undefined) };
  if (!all(DAY)) return undefined;
  const day = dayFormat(texts);
  const rests = texts.map((text) => text.slice(10));
  const clock = CLOCKS.find(([shape]) => rests.every((rest) => shape.test(rest)));
  return day === undefined || !clock ? undefined : { format: day + clock[1], hasZone: false };
}

function dayFormat(texts: readonly string[]): string | undefined {
  const found = texts.map((text) => DAY.exec(text)!);
  const separators = new Set(found.map(([, before, , between]) => before ?? `${between}`));
  const yearFirst = found.every(([, before]) => before !== undefined);
  if (separators.size !== 1 || (!yearFirst && found.some(([, before]) => before !== undefined)))
    return undefined;
  const [separator] = separators;
  if (yearFirst) return ['yyyy', 'MM', 'dd'].join(separator);
  const dayFirst = separator === '.' || found.some(([, , first]) => Number(first) > 12);
  return [...(dayFirst ? ['dd', 'MM'] : ['MM', 'dd']), 'yyyy'].join(separator);
}
