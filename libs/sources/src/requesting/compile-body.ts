import type { RequesterDefinition } from '../definition.js';
import { definitionError } from '../errors/slice-error.js';
import { isJsonObject, type JsonValue } from '../json.js';
import { parsePath } from '../path.js';
import type { PageParam } from './page-param.js';
import { compileTemplate, type PlaceholderValues } from './placeholders.js';

type BodyDefinition = NonNullable<RequesterDefinition['body']>;

/** A body and its media type. */
export interface FilledBody {
  body: string;
  contentType: string;
}

/** Fills a body; `params` are what the paginator puts into it. @throws SliceError */
export type FillBody = (values: PlaceholderValues, params: readonly PageParam[]) => FilledBody;

const NUMBERS = ['page.number', 'page.size'];

/**
 * Reads a body with placeholders. A member or field that is empty because of its placeholder is left out. In JSON a
 * text that is nothing but `${page.number}` or `${page.size}` becomes a number.
 */
export function compileBody(body: BodyDefinition, where: string, allowed: readonly string[]): FillBody {
  if ('json' in body) return jsonBody(body.json as JsonValue, `${where}.json`, allowed);
  if ('form' in body) return formBody(body.form, `${where}.form`, allowed);
  const text = compileTemplate(body.text, `${where}.text`, allowed);
  return (values, params) => {
    if (params.length > 0)
      throw definitionError('paginator.in', 'a body of text has no place for parameters');
    return { body: text.fill(values), contentType: body.content_type };
  };
}

function jsonBody(json: JsonValue, where: string, allowed: readonly string[]): FillBody {
  const fill = compileJson(json, where, allowed);
  return (values, params) => {
    let document = fill(values) ?? null;
    for (const { name, value } of params) document = withValueAt(document, parsePath(name), value, name);
    return { body: JSON.stringify(document), contentType: 'application/json' };
  };
}

function formBody(form: Record<string, string>, where: string, allowed: readonly string[]): FillBody {
  const fields = Object.entries(form).map(([name, text]) => ({
    name,
    value: compileTemplate(text, `${where}.${name}`, allowed),
  }));
  return (values, params) => {
    const filled = new URLSearchParams();
    for (const { name, value } of fields) {
      const text = value.fill(values);
      if (text !== '' || value.names.length === 0) filled.append(name, text);
    }
    for (const { name, value } of params) filled.set(name, String(value));
    return { body: filled.toString(), contentType: 'application/x-www-form-urlencoded' };
  };
}

/** `undefined`: empty because of a placeholder. */
type FillJson = (values: PlaceholderValues) => JsonValue | undefined;

function compileJson(json: JsonValue, where: string, allowed: readonly string[]): FillJson {
  if (typeof json === 'string') {
    const text = compileTemplate(json, where, allowed);
    const isNumber = NUMBERS.some((name) => json === `\${${name}}`);
    return (values) => {
      const filled = text.fill(values);
      if (filled === '' && text.names.length > 0) return undefined;
      return isNumber ? Number(filled) : filled;
    };
  }
  if (Array.isArray(json)) {
    const elements = json.map((element, i) => compileJson(element, `${where}[${i}]`, allowed));
    return (values) => elements.map((fill) => fill(values)).filter((value) => value !== undefined);
  }
  if (!isJsonObject(json)) return () => json;
  const members = Object.entries(json).map(
    ([name, value]) => [name, compileJson(value, `${where}.${name}`, allowed)] as const,
  );
  return (values) =>
    Object.fromEntries(
      members.flatMap(([name, fill]) => {
        const value = fill(values);
        return value === undefined ? [] : [[name, value]];
      }),
    );
}

function withValueAt(
  document: JsonValue,
  [step, ...rest]: readonly (string | number)[],
  value: JsonValue,
  path: string,
): JsonValue {
  if (step === undefined) return value;
  if (typeof step === 'number' || !(document === null || isJsonObject(document))) {
    throw definitionError('paginator', `${path} leads nowhere in the body of requester.body.json`);
  }
  const inner = document !== null && Object.hasOwn(document, step) ? document[step]! : null;
  return { ...document, [step]: withValueAt(inner, rest, value, path) };
}
