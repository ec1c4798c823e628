import type {
  AuthenticatorDefinition,
  DecoderDefinition,
  IncrementalSyncDefinition,
  PaginatorDefinition,
  PostbackVerification,
  Ga4SourceDefinition,
  HttpSourceDefinition,
  PubsubSourceDefinition,
  SourceDefinition,
  StreamDefinition,
} from '#libs/sources';

/** Every variant of every part of a source definition, with every key that it may have. */

const AUTHENTICATORS = {
  none: { type: 'none' },
  basic: { type: 'basic', username: '${env.USER}', password: '${secret.PASSWORD}' },
  bearer: { type: 'bearer', token: '${secret.TOKEN}' },
  api_key: { type: 'api_key', in: 'cookie', name: 'key', value: '${secret.KEY}' },
  oauth2_client_credentials: {
    type: 'oauth2_client_credentials',
    token_url: 'https://id.partner.test/token',
    client_id: '${env.CLIENT}',
    client_secret: '${secret.CLIENT}',
    scope: 'reports',
    audience: 'https://api.partner.test',
    client_authentication: 'body',
  },
  oauth2_refresh_token: {
    type: 'oauth2_refresh_token',
    token_url: 'https://id.partner.test/token',
    client_id: '${env.CLIENT}',
    client_secret: '${secret.CLIENT}',
    refresh_token: '${secret.REFRESH}',
    scope: 'reports',
    client_authentication: 'basic',
  },
  session_token: {
    type: 'session_token',
    login: {
      url: 'https://api.partner.test/login',
      method: 'POST',
      body: { json: { password: '${secret.P}' } },
    },
    token_path: 'data.token',
    expires_in: 'PT1H',
    expires_in_path: 'data.expires',
    in: 'header',
    name: 'X-Token',
    value: 'Token ${token}',
  },
  jwt: {
    type: 'jwt',
    algorithm: 'ES256',
    key: '${secret.PEM}',
    key_id: 'k1',
    claims: { iss: '${env.ISSUER}', level: 3 },
    expires_in: 'PT5M',
    header: { name: 'X-Jwt', value: '${token}' },
  },
  signature: {
    type: 'signature',
    algorithm: 'hmac_sha256',
    key: '${secret.KEY}',
    parts: [
      { text: '${timestamp}.${nonce}' },
      { part: 'body_sha256' },
      { part: 'params', names: ['a'], pair: 'value', join: '&', encoded: true },
      { part: 'header', name: 'Date' },
    ],
    join: '\n',
    encoding: 'base64',
    in: 'header',
    name: 'X-Signature',
    value: 'v1=${signature}',
    set: [{ in: 'query', name: 'ts', value: '${timestamp_ms}' }],
  },
} satisfies { [Type in AuthenticatorDefinition['type']]: Extract<AuthenticatorDefinition, { type: Type }> };

const SYNCS = {
  datetime: {
    type: 'datetime',
    start: '2024-01-01',
    step: 'P1D',
    format: 'yyyy-MM-dd',
    timezone: '-05:00',
    boundary: 'closed',
    lookback_window: 'P7D',
    lookback_tiers: [
      { window: 'PT6H', every: 'PT5M' },
      { window: 'P7D', every: 'PT6H' },
    ],
    settle_delay: 'PT2M',
  },
  id: { type: 'id', id_path: 'id', start: 0, lookback_count: 50 },
  cursor: { type: 'cursor', cursor_path: 'next', start: '0' },
  full_refresh: { type: 'full_refresh' },
} satisfies {
  [Type in IncrementalSyncDefinition['type']]: Extract<IncrementalSyncDefinition, { type: Type }>;
};

const DECODERS = {
  json: { type: 'json', charset: 'utf-8', compression: 'auto' },
  jsonl: { type: 'jsonl', charset: 'utf-8', compression: 'none' },
  csv: {
    type: 'csv',
    charset: 'windows-1252',
    compression: 'gzip',
    delimiter: ';',
    quote: '',
    escape: '\\',
    columns: ['id', 'amount'],
    skip_lines: 1,
    comment: '#',
    null_values: ['', '-'],
    trim: true,
  },
  xml: { type: 'xml', charset: 'utf-8', compression: 'auto' },
} satisfies { [Type in DecoderDefinition['type']]: Extract<DecoderDefinition, { type: Type }> };

/** Every line of them is a record. */
const HAVE_NO_PATH: ReadonlySet<string> = new Set(['jsonl', 'csv']);

const filter = { not: { status: { equals: 'test' } } };

const stop = {
  next_url_path: 'links.next',
  last_page_path: 'meta.last_page',
  total_path: 'meta.total',
  has_more_path: 'more',
};

const PAGINATORS = {
  none: { type: 'none' },
  page: {
    type: 'page',
    page_param: 'page',
    size_param: 'per_page',
    size: 1000,
    start: 0,
    in: 'query',
    stop,
    max_pages: 5000,
  },
  offset: {
    type: 'offset',
    offset_param: 'offset',
    limit_param: 'limit',
    limit: 100,
    in: 'query',
    stop,
    max_pages: 9,
  },
  id: {
    type: 'id',
    id_param: 'after',
    id_path: 'id',
    size_param: 'n',
    size: 5,
    in: 'query',
    stop,
    max_pages: 9,
  },
  cursor: {
    type: 'cursor',
    cursor_param: 'cursor',
    cursor_path: 'next',
    size_param: 'n',
    size: 5,
    in: 'query',
    stop,
    max_pages: 9,
  },
  link: { type: 'link', from: 'body', path: 'links.next', stop, max_pages: 9 },
} satisfies { [Type in PaginatorDefinition['type']]: Extract<PaginatorDefinition, { type: Type }> };

const VERIFICATIONS = {
  none: { type: 'none' },
  token: { type: 'token', in: 'query', name: 'token', value: '${secret.TOKEN}' },
  signature: {
    type: 'signature',
    algorithm: 'md5',
    parts: [{ part: 'params' }, { text: '${secret.KEY}' }],
    join: '',
    encoding: 'hex',
    in: 'query',
    name: 'sig',
  },
} satisfies { [Type in PostbackVerification['type']]: Extract<PostbackVerification, { type: Type }> };

const STREAM: StreamDefinition = {
  name: 'conversions',
  poll_interval: 'PT5M',
  requester: {
    url: 'https://wall.partner.test/conversions',
    method: 'POST',
    query: { from: '${window.from}', to: '${window.to}', n: 1, all: true },
    query_encoding: 'percent',
    headers: { 'X-Brand': '${env.BRAND}' },
    body: { form: { a: 'b' } },
    timeout: 'PT30S',
  },
  incremental_sync: SYNCS.datetime,
  decoder: DECODERS.json,
  record_selector: { path: 'data', filter },
  error_handler: {
    max_retries: 5,
    rules: [
      { http: [429], action: 'rate_limited', wait_header: 'X-Wait' },
      {
        body: { path: 'error', exists: true, equals: 'no', in: ['no', 1], matches: '^n' },
        action: 'fail',
        failure_type: 'config_error',
      },
    ],
  },
  primary_key: ['transaction_id'],
  cursor_field: 'updated_at',
  schema: { $ref: './schemas/conversion.json', on_violation: 'warn' },
  mapping: [
    {
      event: 'payout',
      when: {
        all: [
          { status: { equals: 1, in: [1, '1'], exists: true, gt: 0, lt: '2', matches: '1' } },
          { any: [{ a: { exists: true } }] },
        ],
      },
      for_each: 'items',
      group: 'g',
      fields: {
        transaction_id: '$.transaction_id',
        occurred_at: { path: 'at', time: 'yyyy-MM-dd HH:mm:ss', timezone: 'America/New_York' },
        amount: { path: 'cents', money: { path: 'currency' }, minor_units: true, negate: true, default: 0 },
        status: { path: 'status', values: { ok: 'approved' }, case: 'lower', trim: true },
        player_id: {
          first_of: ['user', { concat: ['a', { const: '-' }, 'b'] }],
          prefix: 'p',
          strip_prefix: 'u',
        },
      },
      custom: { note: { path: 'note', type: 'string', url_param: 'n', pattern: '^(.)' } },
      custom_rest: true,
      sub_ids: { sub1: 'sub' },
      utm: { source: 'src' },
      ad_click_ids: { gclid: 'gclid' },
      trust: 'pubsub',
    },
  ],
};

/** A source with every key that a source and a stream may have; the streams' fields replace its own. */
export function exampleSource(stream: Partial<StreamDefinition> = {}): HttpSourceDefinition {
  return {
    name: 'besitos',
    type: 'http',
    brand: 'spacevegas',
    documentation: 'https://docs.partner.test',
    api_budget: { requests: 20, per: 'PT1M', scope: 'credential' },
    authenticator: { type: 'none' },
    streams: [{ ...STREAM, ...stream }],
    postback: {
      stream: 'conversions',
      verify: VERIFICATIONS.none,
      reply: { status: 200, body: 'OK', content_type: 'text/plain' },
    },
  };
}

const requester = { url: 'https://api.partner.test/rows' };
const windowed = { ...requester, query: { from: '${window.from}' } };

/** Every key of a GA4 source. */
export const EXAMPLE_GA4: Ga4SourceDefinition = {
  name: 'webshop',
  type: 'ga4',
  brand: 'spacevegas',
  documentation: 'https://support.google.com/analytics/answer/7029846',
  property: '123456789',
  timezone: 'Europe/Berlin',
  start: '2026-01-01',
  poll_interval: 'PT1H',
  export: {
    type: 'bigquery',
    project: 'my-project',
    dataset: 'other-project.analytics_123456789',
    location: 'EU',
    credentials: '${secret.GA4_KEY}',
    read: 'auto',
    max_bytes_billed: 10_737_418_240,
  },
  conversions: [
    {
      event: 'registration',
      when: { event_name: { equals: 'sign_up' } },
      fields: { player_id: 'user_id', occurred_at: { path: 'event_timestamp', time: 'epoch_us' } },
    },
  ],
};

/** Every key of a source of Pub/Sub. */
export const EXAMPLE_PUBSUB: PubsubSourceDefinition = {
  name: 'live',
  type: 'pubsub',
  brand: 'spacevegas',
  documentation: 'https://example.test/events',
  project: 'my-project',
  credentials: '${secret.PUBSUB_KEY}',
  streams: [
    {
      name: 'deposits',
      subscription: 'projects/my-project/subscriptions/deposits',
      primary_key: ['data.id'],
      cursor_field: 'data.updated_at',
      schema: { $ref: './schemas/deposit.json', on_violation: 'warn' },
      decoder: { type: 'json', compression: 'gzip' },
      envelope: 'cloudevents',
      batch: { messages: 1000, max_wait: 'PT0.1S' },
      flow_control: { messages: 10_000, bytes: 1_048_576 },
      mapping: [
        {
          event: 'deposit',
          fields: {
            transaction_id: 'data.id',
            player_id: 'attributes.player',
            occurred_at: { path: 'event.time', time: 'iso' },
            amount: { path: 'data.amount', money: 'EUR' },
          },
        },
      ],
    },
  ],
};

/** One source for every variant of every part. */
export const EXAMPLE_SOURCES: readonly [what: string, source: SourceDefinition][] = [
  ['an export in BigQuery', EXAMPLE_GA4],
  ['an export in files', { ...EXAMPLE_GA4, export: { type: 'files', folder: './exports/webshop' } }],
  ['subscriptions', EXAMPLE_PUBSUB],
  ['every key', exampleSource()],
  ...Object.entries(AUTHENTICATORS).map(
    ([type, authenticator]) =>
      [`authenticator ${type}`, exampleSource({ authenticator })] as [string, HttpSourceDefinition],
  ),
  ...Object.entries(SYNCS).map(
    ([type, incremental_sync]) =>
      [
        `sync ${type}`,
        exampleSource({
          incremental_sync,
          requester: {
            ...requester,
            ...(type !== 'full_refresh' && {
              query: { after: type === 'datetime' ? '${window.from}' : '${cursor}' },
            }),
          },
        }),
      ] as [string, HttpSourceDefinition],
  ),
  ...Object.entries(DECODERS).map(
    ([type, decoder]) =>
      [
        `decoder ${type}`,
        exampleSource({ decoder, ...(HAVE_NO_PATH.has(type) && { record_selector: { filter } }) }),
      ] as [string, HttpSourceDefinition],
  ),
  ...Object.entries(PAGINATORS).map(
    ([type, paginator]) =>
      [`paginator ${type}`, exampleSource({ paginator, requester: windowed })] as [
        string,
        HttpSourceDefinition,
      ],
  ),
  ...Object.entries(VERIFICATIONS).map(
    ([type, verify]) =>
      [`postback ${type}`, { ...exampleSource(), postback: { stream: 'conversions', verify } }] as [
        string,
        HttpSourceDefinition,
      ],
  ),
];
