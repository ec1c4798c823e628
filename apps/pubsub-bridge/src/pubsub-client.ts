import { PubSub, type ClientConfig } from '@google-cloud/pubsub';
import type { Environment, Secrets } from '#libs/runtime';
import type { PubsubSourceDefinition } from '#libs/sources';
import { ConnectionError } from './connection-error.js';

export { ConnectionError };

/** The emulator asks for no credentials; without any the client would look for a machine of Google's that has some, and warn. */
const ANYBODY = { client_email: 'emulator', private_key: 'emulator' };

const PLACEHOLDER = /\$\{(env|secret)\.([A-Za-z0-9_.-]+)\}/g;

/** A source's project and credentials, and what they are looked up in. */
type Access = Pick<PubsubSourceDefinition, 'project' | 'credentials'>;
interface World {
  environment: Environment;
  secrets: Secrets;
}

/** A client of Google Pub/Sub for what `clientConfigOf` says. @throws ConnectionError */
export function openPubsub(source: Access, world: World): PubSub {
  return new PubSub(clientConfigOf(source, world));
}

/**
 * The source's credentials, else Application Default Credentials; with `PUBSUB_EMULATOR_HOST` the emulator, which asks for
 * none.
 * @throws ConnectionError
 */
export function clientConfigOf(
  { project, credentials }: Access,
  { environment, secrets }: World,
): ClientConfig {
  const filled = (text: string): string =>
    text.replace(PLACEHOLDER, (_, kind: string, name: string) =>
      String((kind === 'env' ? environment[name] : secrets(name)) ?? ''),
    );
  const projectId = project && filled(project);
  const emulator = environment['PUBSUB_EMULATOR_HOST'];
  if (emulator) {
    if (!projectId) {
      throw new ConnectionError('definition', 'project: must be named where PUBSUB_EMULATOR_HOST is set');
    }
    return { projectId, apiEndpoint: emulator, emulatorMode: true, credentials: ANYBODY };
  }
  const config: ClientConfig = projectId ? { projectId } : {};
  if (credentials === undefined) return config;
  const key = keyOf(filled(credentials));
  return { projectId: key.project_id, ...config, credentials: key };
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
    throw new ConnectionError(
      'secret',
      'credentials: must be the JSON of a service account key; it is no JSON',
    );
  }
  if (typeof key?.client_email !== 'string' || typeof key.private_key !== 'string') {
    throw new ConnectionError(
      'secret',
      'credentials: must be the JSON of a service account key, with client_email and private_key',
    );
  }
  return key as ServiceAccountKey;
}
