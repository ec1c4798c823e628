import type { AuthenticatorDefinition, PostbackVerification, SignatureDefinition } from '../definition.js';
import {
  anyText,
  choice,
  constant,
  flag,
  list,
  map,
  object,
  oneOf,
  optional,
  reference,
  text,
  type MembersOf,
  type Schema,
} from '#libs/yaml-file';

type Variant<Union, Type> = Extract<Union, { type: Type }>;
type Authenticator<Type> = Variant<AuthenticatorDefinition, Type>;

const where = choice('Where it is put.', ['header', 'query', 'cookie']);
const ALGORITHMS = [
  ...['md5', 'sha1', 'sha256'],
  ...['hmac_md5', 'hmac_sha1', 'hmac_sha256', 'hmac_sha512'],
] as SignatureDefinition['algorithm'][];

const oauth = {
  token_url: text('Where tokens are to be had.', 'http-url'),
  client_id: text('Id of the client: `${secret.NAME}` or `${env.NAME}`.'),
  client_secret: text('Secret of the client: `${secret.NAME}`.'),
  scope: optional(text('What the token is for, as the partner names it.')),
  client_authentication: optional(
    choice('How the client shows itself at the token endpoint (RFC 6749, 2.3.1). Absent: `basic`.', [
      'basic',
      'body',
    ]),
  ),
};

const digest = {
  algorithm: choice('Digest, or HMAC with `key`.', ALGORITHMS),
  key: optional(text('Key of an HMAC; a digest without a key has the secret among its parts.')),
  parts: list('What is signed, in this order.', reference('signature_part')),
  join: optional(anyText('Between the parts. Absent: nothing.')),
  encoding: optional(
    choice('How the digest is written. Absent: `hex`.', ['hex', 'hex_upper', 'base64', 'base64url']),
  ),
  in: choice('Where the signature stands.', ['header', 'query']),
  name: text('Name of the header or parameter.'),
};

const signature: MembersOf<SignatureDefinition> = {
  type: constant('signature', 'A digest of a text that is spelled out here.'),
  ...digest,
  value: optional(text('Absent: `${signature}`.')),
  set: optional(
    list(
      'Further headers or query parameters that are set before the text is made, as a time stamp or a nonce.',
      object<NonNullable<SignatureDefinition['set']>[number]>('One of them.', {
        in: choice('Where it is put.', ['header', 'query']),
        name: text('Its name.'),
        value: text('Its value; `${timestamp}`, `${timestamp_ms}` and `${nonce}` may stand in it.'),
      }),
    ),
  ),
};

export const AUTHENTICATOR_SCHEMA: Schema = oneOf('How the partner knows us.', 'type', [
  object<Authenticator<'none'>>('It need not.', { type: constant('none', 'Nothing is sent.') }),
  object<Authenticator<'basic'>>('User name and password (RFC 7617).', {
    type: constant('basic', 'The header `Authorization: Basic …`.'),
    username: text('User name.'),
    password: anyText('Password: `${secret.NAME}`.'),
  }),
  object<Authenticator<'bearer'>>('A token that does not change (RFC 6750).', {
    type: constant('bearer', 'The header `Authorization: Bearer …`.'),
    token: text('The token: `${secret.NAME}`.'),
  }),
  object<Authenticator<'api_key'>>('A key in a header, a query parameter or a cookie.', {
    type: constant('api_key', 'A key.'),
    in: where,
    name: text('Name of the header, parameter or cookie.'),
    value: text('The key: `${secret.NAME}`.'),
  }),
  object<Authenticator<'oauth2_client_credentials'>>('OAuth 2, client credentials (RFC 6749, 4.4).', {
    type: constant('oauth2_client_credentials', 'A token for the client itself.'),
    ...oauth,
    audience: optional(text('Whom the token is for, where the partner asks.')),
  }),
  object<Authenticator<'oauth2_refresh_token'>>('OAuth 2, refresh token (RFC 6749, 6).', {
    type: constant('oauth2_refresh_token', 'A token for a user who agreed.'),
    ...oauth,
    refresh_token: text('The refresh token: `${secret.NAME}`.'),
  }),
  object<Authenticator<'session_token'>>('A token that a login gives.', {
    type: constant('session_token', 'Log in, then send the token.'),
    login: reference('requester', 'Asked for the token; `${token}` cannot stand here.'),
    token_path: text('Where the token stands in the JSON answer.', 'path'),
    expires_in: optional(
      text('How long a token is good. Absent: until the partner answers 401.', 'duration'),
    ),
    expires_in_path: optional(text('Where the answer says for how many seconds the token is good.', 'path')),
    in: where,
    name: text('Name of the header, parameter or cookie.'),
    value: optional(text('Absent: `${token}`.')),
  }),
  object<Authenticator<'jwt'>>('A token that we sign (RFC 7519).', {
    type: constant('jwt', 'A JSON Web Token.'),
    algorithm: choice('How it is signed.', [
      ...(['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'ES256', 'ES384'] as const),
    ]),
    key: text('The secret of an HMAC, else a private key in PEM (PKCS 8): `${secret.NAME}`.'),
    key_id: optional(text('`kid` of its header.')),
    claims: map('What it says.', { type: ['string', 'number'] }),
    expires_in: optional(text('Life of one token. Absent: PT5M.', 'duration')),
    header: optional(
      object<NonNullable<Authenticator<'jwt'>['header']>>(
        'Where it is put. Absent: the header `Authorization: Bearer <token>`.',
        { name: text('Name of the header.'), value: text('Its value; `${token}` may stand in it.') },
      ),
    ),
  }),
  object<SignatureDefinition>('A digest of a text that the file spells out.', signature),
]);

type AnyPart = SignatureDefinition['parts'][number];
/** The variant whose `part` may be this. */
type Part<P> = AnyPart extends infer Each
  ? Each extends { part: infer Q }
    ? P extends Q
      ? Each
      : never
    : never
  : never;

/** Text, or a part of the request. */
export const SIGNATURE_PART_SCHEMA: Schema = {
  description: 'One piece of the text to sign.',
  type: 'object',
  if: { required: ['text'] },
  then: object<{ text: string }>('A text that stands as it is.', {
    text: anyText(
      'May have `${timestamp}` (epoch seconds), `${timestamp_ms}`, `${nonce}`, `${env.…}` and `${secret.…}` in it.',
    ),
  }),
  else: oneOf('A part of the request.', 'part', [
    object<Part<'method'>>('A part that stands as it is sent.', {
      part: choice('Which.', ['method', 'url', 'path', 'query', 'body', 'body_sha256']),
    }),
    object<Part<'params'>>(
      "Query parameters: all but the signature's own sorted by name, or those named, in that order.",
      {
        part: constant('params', 'Query parameters.'),
        names: optional(list('Which, in this order.', text('Name of a parameter.'))),
        pair: optional(
          choice('How each is written. Absent: `name_value`, as `name=value`.', [
            'name_value',
            'value',
            'name_value_joined',
          ]),
        ),
        join: optional(anyText('Between them.')),
        encoded: optional(flag('Absent: as they stand in the URL.')),
      },
    ),
    object<Part<'header'>>('A header.', {
      part: constant('header', 'A header.'),
      name: text('Name of the header.'),
    }),
  ]),
};

type Verification<Type> = Variant<PostbackVerification, Type>;

export const VERIFICATION_SCHEMA: Schema = oneOf('What a call must show.', 'type', [
  object<Verification<'none'>>('Nothing: whoever knows the address may call.', {
    type: constant('none', 'Nothing.'),
  }),
  object<Verification<'token'>>('A parameter or header that is equal to the secret.', {
    type: constant('token', 'A secret.'),
    in: choice('Where it stands.', ['query', 'header']),
    name: text('Name of the parameter or header.'),
    value: text('The secret: `${secret.NAME}`.'),
  }),
  object<Verification<'signature'>>('A digest over what was sent, as `signature` makes one.', {
    type: constant('signature', 'A digest.'),
    ...digest,
  }),
]);
