import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { loadPackageDefinition, type GrpcObject, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const require = createRequire(import.meta.url);

/** Folder of the protos that a package of Google's ships. */
function protosOf(name: string): string {
  return join(dirname(require.resolve(name)), '..', 'protos');
}

const OPTIONS = { keepCase: false, longs: String, enums: String, defaults: true, oneofs: true } as const;

/** Services of Pub/Sub, from the protos inside Google's client. */
export function pubsubServices(): Record<'Publisher' | 'Subscriber', ServiceClientConstructor> {
  const includeDirs = [protosOf('@google-cloud/pubsub'), protosOf('google-gax')];
  const definition = loadSync('google/pubsub/v1/pubsub.proto', { ...OPTIONS, includeDirs });
  const google = loadPackageDefinition(definition)['google'] as GrpcObject;
  const v1 = (google['pubsub'] as GrpcObject)['v1'] as GrpcObject;
  return {
    Publisher: v1['Publisher'] as ServiceClientConstructor,
    Subscriber: v1['Subscriber'] as ServiceClientConstructor,
  };
}
