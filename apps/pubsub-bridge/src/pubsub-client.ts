import { PubSub, type ClientConfig } from '@google-cloud/pubsub';
import type { Environment, Secrets } from '#libs/runtime';
import type { PubsubSourceDefinition } from '#libs/sources';

/** A definition that no client can be made of; the message tells no secret. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

const PLACEHOLDER = /\$\{(env|secret)\.([A-Za-z0-9_.-]+)\}/g;

/**
 * A client of Google Pub/Sub with the source's credentials, else Application Default Credentials; with
 * `PUBSUB_EMULATOR_HOST` one of the emulator, which asks for none.
 * @throws ConnectionError
 */
export function openPubsub(
  { project, credentials }: Pick<PubsubSourceDefinition, 'project' | 'credentials'>,
  { environment, secrets }: { environment: Environment; secrets: Secrets },
): PubSub {
  const filled = (text: string): string =>
    text.replace(PLACEHOLDER, (_, kind: string, name: string) =>
      String((kind === 'env' ? environment[name] : secrets(name)) ?? ''),
    );
  const projectId = project && filled(project);
  const emulator = environment['PUBSUB_EMULATOR_HOST'];
  if (emulator) {
    if (!projectId) throw new ConnectionError('project: must be named where PUBSUB_EMULATOR_HOST is set');
    return new PubSub({ projectId, apiEndpoint: emulator, emulatorMode: true });
  }
  const config: ClientConfig = projectId ? { projectId } : {};
  if (credentials === undefined) return new PubSub(config);
  const key = keyOf(filled(credentials));
  return new PubSub({ projectId: key.project_id, ...config, credentials: key });
}

interface ServiceAccountKey {
  client_email: string;
  private_key: string;
  project_id?: string;
}

function keyOf(json: string): ServiceAccountKey {
  let key: Partial<ServiceAccountKey> | null;
  try {
    key = JSON.parse(json) as Partial<ServiceAccountKey> | null;
  } catch {
    throw new ConnectionError('credentials: must be the JSON of a service account key; it is no JSON');
  }
  if (typeof key?.client_email !== 'string' || typeof key.private_key !== 'string') {
    throw new ConnectionError(
      'credentials: must be the JSON of a service account key, with client_email and private_key',
    );
  }
  return key as ServiceAccountKey;
}
