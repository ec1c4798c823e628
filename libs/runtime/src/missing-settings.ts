import { placeholdersIn, type SourceDefinition } from '#libs/sources';
import type { Environment } from './environment.js';
import type { Secrets } from './secrets.js';

const LOOKUP = /^(env|secret)\.(.+)$/;

/**
 * Variables that the placeholders of a part of a definition need, each once; a secret by the variable that would hold it,
 * though it may as well be a file of `SECRETS_DIR`.
 */
export function neededSettings(part: unknown): string[] {
  return missingSettings(part, {}, () => undefined);
}

/** What a source still waits for. An emulator that stands in for Google asks for no credentials. */
export function missingOfSource(
  source: SourceDefinition,
  environment: Environment,
  secrets: Secrets,
): string[] {
  return missingSettings(withoutIdleCredentials(source, environment), environment, secrets);
}

function withoutIdleCredentials(source: SourceDefinition, environment: Environment): object {
  if (source.type === 'pubsub' && environment['PUBSUB_EMULATOR_HOST']) {
    return { ...source, credentials: undefined };
  }
  if (source.type === 'ga4' && environment['BIGQUERY_EMULATOR_HOST']) {
    return { ...source, export: { ...source.export, credentials: undefined } };
  }
  return source;
}

/** Those of `neededSettings` that are not set. */
export function missingSettings(part: unknown, environment: Environment, secrets: Secrets): string[] {
  const names = new Set(placeholdersIn(JSON.stringify(part)));
  return [...names].flatMap((placeholder) => {
    const [, kind, name] = LOOKUP.exec(placeholder) ?? [];
    if (kind === 'env') return environment[name!] ? [] : [name!];
    if (kind === 'secret') return missingSecret(name!, secrets);
    return [];
  });
}

/** One whose file cannot be read is missing too: Docker mounts a directory for a file that is not there. */
function missingSecret(name: string, secrets: Secrets): string[] {
  const variable = `SECRET_${name.toUpperCase()}`;
  try {
    return secrets(name) ? [] : [variable];
  } catch (error) {
    return [`${variable} (its file cannot be read: ${(error as NodeJS.ErrnoException).code})`];
  }
}
