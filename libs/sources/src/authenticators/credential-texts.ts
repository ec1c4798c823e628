import { compileTemplate, type PlaceholderValues } from '../requesting/placeholders.js';
import type { AuthenticatorWorld } from './authenticator.js';

/**
 * Reads the named texts of an authenticator, whose placeholders are filled anew whenever they are asked for, so that a
 * secret can be replaced while the process runs.
 * @throws SliceError for a placeholder that cannot stand there
 */
export function credentialTexts<Name extends string>(
  definition: { [name in Name]: string },
  names: readonly Name[],
  world: Pick<AuthenticatorWorld, 'env' | 'secrets'>,
): () => Record<Name, string> {
  const templates = names.map(
    (name) => [name, compileTemplate(definition[name], `authenticator.${name}`, [])] as const,
  );
  return () => {
    const values = placeholderValues(world);
    return Object.fromEntries(templates.map(([name, text]) => [name, text.fill(values)])) as Record<
      Name,
      string
    >;
  };
}

/** What placeholders stand for in an authenticator. */
export function placeholderValues(
  { env, secrets }: Pick<AuthenticatorWorld, 'env' | 'secrets'>,
  moment: PlaceholderValues['moment'] = {},
): PlaceholderValues {
  return { env, secret: secrets, moment };
}
