import { sourcesOfType, type Environment, type LoadedSource, type Secrets } from '#libs/runtime';
import {
  compileStream,
  compileVerification,
  type CompiledStream,
  type HttpSourceDefinition,
  type PostbackCall,
  type PostbackDefinition,
  type Verification,
} from '#libs/sources';

/** A source whose partner calls us, as functions. */
export interface Postback {
  /** Name of the definition. */
  source: string;
  recordEvent: CompiledStream['recordEvent'];
  credential: Verification['credential'];
  /** @throws SliceError where a secret is missing, by name */
  isShown: (call: PostbackCall) => boolean;
  reply: { status: number; body: string; contentType: string };
}

/** The sources with a `postback`, by name. */
export class Postbacks {
  private readonly byName: ReadonlyMap<string, Postback>;

  constructor(sources: readonly LoadedSource[], secrets: Secrets, environment: Environment) {
    this.byName = new Map(
      sourcesOfType(sources, 'http').flatMap((loaded) => {
        const { postback } = loaded.source;
        return postback ? [[loaded.source.name, compile(loaded, postback, secrets, environment)]] : [];
      }),
    );
  }

  of(name: string): Postback | undefined {
    return this.byName.get(name);
  }
}

function compile(
  { source, schemas }: LoadedSource<HttpSourceDefinition>,
  postback: PostbackDefinition,
  secrets: Secrets,
  environment: Environment,
): Postback {
  const stream = source.streams.find(({ name }) => name === postback.stream)!;
  const { recordEvent } = compileStream(source, stream, stream.schema && schemas.get(stream.schema.$ref));
  const { credential, isShown } = compileVerification(postback.verify);
  const { status = 200, body = 'OK', content_type: contentType = 'text/plain' } = postback.reply ?? {};
  return {
    source: source.name,
    recordEvent,
    credential,
    isShown: (call) => isShown(call, secrets, (name) => environment[name]),
    reply: { status, body, contentType },
  };
}
