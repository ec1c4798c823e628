import { compareAmounts, parseAmount } from '#libs/events';
import type { Comparison, Condition, Scalar } from '../definition.js';
import type { JsonObject, JsonValue } from '../json.js';
import { compileRead, isValue, textOf } from './read-value.js';

/** Whether a condition holds of a record, or of what `for_each` is at in it. */
export type Holds = (record: JsonObject, element: JsonValue) => boolean;

/** Whether a condition holds of a record. @throws PathError, SyntaxError of a regular expression */
export function compileFilter(condition: Condition): (record: JsonObject) => boolean {
  const holds = compileCondition(condition);
  return (record) => holds(record, record);
}

/** @throws PathError, SyntaxError of a regular expression */
export function compileCondition(condition: Condition): Holds {
  if (isListOf(condition, 'all')) return allOf(condition.all.map(compileCondition));
  if (isListOf(condition, 'any')) {
    const parts = condition.any.map(compileCondition);
    return (record, element) => parts.some((holds) => holds(record, element));
  }
  if ('not' in condition) {
    const holds = compileCondition(condition.not as Condition);
    return (record, element) => !holds(record, element);
  }
  return allOf(
    Object.entries(condition as Record<string, Comparison>).map(([path, comparison]) => {
      const read = compileRead(path);
      const fits = compileComparison(comparison);
      return (record, element) => fits(read(record, element));
    }),
  );
}

function isListOf<Name extends 'all' | 'any'>(
  condition: Condition,
  name: Name,
): condition is Condition & Record<Name, Condition[]> {
  return name in condition && Array.isArray((condition as Record<string, unknown>)[name]);
}

function allOf(parts: readonly Holds[]): Holds {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  return (record, element) => parts.every((holds) => holds(record, element));
}

/** Whether a comparison holds of a value. @throws SyntaxError of a regular expression */
export function compileComparison(comparison: Comparison): (value: JsonValue | undefined) => boolean {
  const parts: ((value: JsonValue | undefined) => boolean)[] = [];
  const { equals, in: among, exists, gt, lt, matches } = comparison;
  if (equals !== undefined) parts.push(isOneOf([equals]));
  if (among !== undefined) parts.push(isOneOf(among));
  if (exists !== undefined) parts.push((value) => isValue(value) === exists);
  if (gt !== undefined) parts.push(ordered(gt, (order) => order > 0));
  if (lt !== undefined) parts.push(ordered(lt, (order) => order < 0));
  if (matches !== undefined) {
    const pattern = new RegExp(matches, 'u');
    parts.push((value) => {
      const text = isValue(value) ? textOf(value) : undefined;
      return text !== undefined && pattern.test(text);
    });
  }
  const [only] = parts;
  if (only && parts.length === 1) return only;
  return (value) => parts.every((fits) => fits(value));
}

/** Equality of texts, and of numbers by their value. */
function isOneOf(scalars: readonly Scalar[]): (value: JsonValue | undefined) => boolean {
  const texts = new Set(scalars.filter(isValue).map((scalar) => textOf(scalar)!));
  const amounts = new Set(
    scalars.flatMap((scalar) => (typeof scalar === 'number' ? (parseAmount(textOf(scalar)!) ?? []) : [])),
  );
  const takesNothing = scalars.some((scalar) => !isValue(scalar));
  return (value) => {
    if (!isValue(value)) return takesNothing;
    const text = textOf(value);
    if (text === undefined) return false;
    if (texts.has(text)) return true;
    const amount = amounts.size === 0 ? undefined : parseAmount(text);
    return amount !== undefined && amounts.has(amount);
  };
}

function ordered(
  limit: number | string,
  fits: (order: number) => boolean,
): (value: JsonValue | undefined) => boolean {
  const limitText = textOf(limit)!;
  const limitAmount = parseAmount(limitText);
  return (value) => {
    const text = isValue(value) ? textOf(value) : undefined;
    if (text === undefined) return false;
    const amount = limitAmount === undefined ? undefined : parseAmount(text);
    if (limitAmount !== undefined && amount !== undefined) return fits(compareAmounts(amount, limitAmount));
    return fits(text < limitText ? -1 : text > limitText ? 1 : 0);
  };
}
