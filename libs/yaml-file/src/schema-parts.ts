/** A JSON Schema (2020-12). */
export type Schema = { readonly [keyword: string]: unknown };

/** Schema of a member that may be left out. */
export interface Optional {
  optional: Schema;
}

/** Every member of a type, those that may be left out marked as such: a schema that differs from its type in a name or
 * in what is required does not compile. */
export type MembersOf<T> = {
  readonly [Name in keyof T]-?: object extends Pick<T, Name> ? Optional : Schema;
};

export function optional(schema: Schema): Optional {
  return { optional: schema };
}

/** An object of exactly these members. */
export function object<T>(description: string, members: MembersOf<T>): Schema {
  const entries = Object.entries<Schema | Optional>(members);
  return {
    description,
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, m]) => [name, isOptional(m) ? m.optional : m])),
    required: entries.filter(([, m]) => !isOptional(m)).map(([name]) => name),
    additionalProperties: false,
  };
}

function isOptional(member: Schema | Optional): member is Optional {
  return 'optional' in member;
}

/** One of several objects, told apart by the constant in `tag`. */
export function oneOf(description: string, tag: string, variants: readonly Schema[]): Schema {
  return {
    description,
    type: 'object',
    discriminator: { propertyName: tag },
    required: [tag],
    oneOf: variants,
  };
}

export function text(description: string, format?: string): Schema {
  return { description, type: 'string', minLength: 1, ...(format && { format }) };
}

/** A text that may have nothing in it. */
export function anyText(description: string): Schema {
  return { description, type: 'string' };
}

export function constant(value: string, description: string): Schema {
  return { description, const: value };
}

export function choice<Value extends string>(description: string, values: readonly Value[]): Schema {
  return { description, enum: values };
}

export function flag(description: string): Schema {
  return { description, type: 'boolean' };
}

export function whole(description: string, minimum: number): Schema {
  return { description, type: 'integer', minimum };
}

export function list(description: string, items: Schema, minItems = 1): Schema {
  return { description, type: 'array', items, minItems };
}

/** Members by names of one's own, all alike. */
export function map(description: string, members: Schema): Schema {
  return { description, type: 'object', additionalProperties: members };
}

export function reference(name: string, description?: string): Schema {
  return { $ref: `#/$defs/${name}`, ...(description !== undefined && { description }) };
}
