import type { PluginName } from './plugins/plugins.js';

/**
 * A source definition as its YAML file says it, checked against `source-definition.schema.json`. Nothing is filled in:
 * what a key means when it is left out stands beside it. Durations are ISO 8601 (`PT5M`), instants and days ISO 8601.
 */
export type SourceDefinition = HttpSourceDefinition | Ga4SourceDefinition | PubsubSourceDefinition;

/** What a source is by its type. */
export type SourceType = SourceDefinition['type'];

/** What every source says. */
interface SourceBase {
  /** Also the `source` of every event: `[a-z0-9][a-z0-9_-]*`, up to 64 characters. */
  name: string;
  /** Player ids are unique within a brand. */
  brand: string;
  /** Who documents the API, for people. */
  documentation?: string;
}

/** A partner's API over HTTP, and its calls to us. */
export interface HttpSourceDefinition extends SourceBase {
  type: 'http';
  /** Absent: the partner is asked as often as its streams want. */
  api_budget?: ApiBudgetDefinition;
  /** Of every stream that has none of its own. Absent: `none`. */
  authenticator?: AuthenticatorDefinition;
  streams: StreamDefinition[];
  /** Absent: `/postback/{name}` is not found. */
  postback?: PostbackDefinition;
}

/** At most so many requests in any stretch of time that long. */
export interface ApiBudgetDefinition {
  requests: number;
  per: string;
  /** `credential`: shared by all sources with the same credential; `source`: by the streams of this file. Absent:
   * `credential`. */
  scope?: 'credential' | 'source';
}

/** What names a record and what it becomes: the part of a stream that does not depend on how records are had. */
export interface RecordStreamDefinition {
  /** Also the `stream` of its events: `[a-z0-9][a-z0-9_-]*`, up to 64 characters. */
  name: string;
  /** Paths whose values together name a record; the same record read again has the same ones. */
  primary_key: string[];
  /** Path of the instant or number that grows whenever the record changes, for the ledger's monotony count. Where it is
   * a whole number or an instant with its zone, and no field `version` is mapped, it is the version of the events. */
  cursor_field?: string;
  /** `received_at`: of two tellings of a record the one that was read later stands, for records that change and tell of
   * no time of it. Absent: as `cursor_field` says, and without one the earliest stands. */
  version?: 'received_at';
  schema?: { $ref: string; on_violation?: 'dead_letter' | 'warn' };
  /** Function of `plugins.ts` that every record goes through before it is mapped, behind its schema. */
  plugin?: PluginName;
  /** Every rule whose `when` fits makes events; of rules with the same `group` only the first that makes any. A record
   * that no rule fits makes none, and is no error. A record is mapped whole: where one event cannot be made, none is. */
  mapping: MappingRule[];
}

/** One kind of record that a partner delivers. */
export interface StreamDefinition extends RecordStreamDefinition {
  /** From the start of one poll to the start of the next. */
  poll_interval: string;
  requester: RequesterDefinition;
  authenticator?: AuthenticatorDefinition;
  incremental_sync: IncrementalSyncDefinition;
  decoder: DecoderDefinition;
  /** Absent: the document is the records: an array, or one record. */
  record_selector?: RecordSelectorDefinition;
  /** Absent: `none`. */
  paginator?: PaginatorDefinition;
  error_handler?: ErrorHandlerDefinition;
}

/** Of a query parameter. */
export type QueryValue = string | number | boolean;

/** Placeholders `${...}` may stand in `url`, `query`, `headers` and `body`. */
export interface RequesterDefinition {
  url: string;
  /** Absent: GET. */
  method?: 'GET' | 'POST';
  /** A list is one parameter of that name for each value. */
  query?: Record<string, QueryValue | QueryValue[]>;
  /** `form`: a space becomes `+`; `percent`: `%20`. Absent: `form`. */
  query_encoding?: 'form' | 'percent';
  headers?: Record<string, string>;
  /** Of a POST: JSON, a form, or a text; placeholders stand in its texts. */
  body?: { json: unknown } | { form: Record<string, string> } | { text: string; content_type: string };
  /** Until the answer begins, and of each silence while it comes in; after ten timeouts it must have come at 1 KiB a
   * second. Absent: PT30S. */
  timeout?: string;
}

export type AuthenticatorDefinition =
  | { type: 'none' }
  | { type: 'basic'; username: string; password: string }
  | { type: 'bearer'; token: string }
  | { type: 'api_key'; in: 'header' | 'query' | 'cookie'; name: string; value: string }
  | {
      type: 'oauth2_client_credentials';
      token_url: string;
      client_id: string;
      client_secret: string;
      scope?: string;
      audience?: string;
      /** How the client shows itself at the token endpoint (RFC 6749, 2.3.1). Absent: `basic`. */
      client_authentication?: 'basic' | 'body';
    }
  | {
      type: 'oauth2_refresh_token';
      token_url: string;
      client_id: string;
      client_secret: string;
      refresh_token: string;
      scope?: string;
      client_authentication?: 'basic' | 'body';
    }
  | {
      type: 'session_token';
      /** Asked for the token; `${token}` cannot stand here. */
      login: RequesterDefinition;
      /** Where the token stands in the JSON answer. */
      token_path: string;
      /** How long a token is good. Absent: until the partner answers 401. */
      expires_in?: string;
      /** Where the answer says for how many seconds the token is good. */
      expires_in_path?: string;
      in: 'header' | 'query' | 'cookie';
      name: string;
      /** Absent: `${token}`. */
      value?: string;
    }
  | {
      type: 'jwt';
      algorithm: 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384';
      /** The secret of an HMAC, else a private key in PEM (PKCS 8). */
      key: string;
      key_id?: string;
      claims: Record<string, string | number>;
      /** Life of one token. Absent: PT5M. */
      expires_in?: string;
      /** Absent: the header `Authorization: Bearer <token>`. */
      header?: { name: string; value: string };
    }
  | SignatureDefinition;

/** A digest of a text that the file spells out. */
export interface SignatureDefinition {
  type: 'signature';
  algorithm: 'md5' | 'sha1' | 'sha256' | 'hmac_md5' | 'hmac_sha1' | 'hmac_sha256' | 'hmac_sha512';
  /** Key of an HMAC; a digest without a key has the secret among its parts. */
  key?: string;
  /** What is signed, in this order; see `SignaturePart`. */
  parts: SignaturePart[];
  /** Between the parts. Absent: nothing. */
  join?: string;
  /** Absent: `hex`. */
  encoding?: 'hex' | 'hex_upper' | 'base64' | 'base64url';
  in: 'header' | 'query';
  name: string;
  /** Absent: `${signature}`. */
  value?: string;
  /** Further headers or query parameters that are set before the text is made, as a time stamp or a nonce. */
  set?: { in: 'header' | 'query'; name: string; value: string }[];
}

/** One piece of the text to sign. `${timestamp}` (epoch seconds), `${timestamp_ms}`, `${nonce}`, `${env.…}` and
 * `${secret.…}` may stand in `text`. */
export type SignaturePart =
  | { text: string }
  | { part: 'method' | 'url' | 'path' | 'query' | 'body' | 'body_sha256' }
  /** Query parameters: all but the signature's own sorted by name, or those named, in that order. */
  | {
      part: 'params';
      names?: string[];
      /** Absent: `${name}=${value}`. */
      pair?: 'name_value' | 'value' | 'name_value_joined';
      join?: string;
      /** Absent: as they stand in the URL. */
      encoded?: boolean;
    }
  | { part: 'header'; name: string };

export type IncrementalSyncDefinition =
  | DatetimeSyncDefinition
  | {
      type: 'id';
      /** Path of the ascending id in a record. */
      id_path: string;
      /** The first request asks for ids above this one. Absent: 0. */
      start?: string | number;
      /** Ids this far below the greatest one are read again, for those that became visible out of order. Absent: 0. */
      lookback_count?: number;
    }
  | {
      type: 'cursor';
      /** Where the answer says the cursor to go on with. */
      cursor_path: string;
      /** Absent: `${cursor}` is empty at first, and a parameter with nothing in it is left out. */
      start?: string;
    }
  | { type: 'full_refresh' };

/** Windows of time, half-open inside Tributary whatever the partner does. */
export interface DatetimeSyncDefinition {
  type: 'datetime';
  /** Where history begins. */
  start: string;
  /** Length of one request's window. */
  step: string;
  /** Of `${window.from}` and `${window.to}`: Luxon's tokens, `iso`, `epoch_seconds` or `epoch_ms`. */
  format: string;
  /** IANA name or offset (`-05:00`) in which the format is written and days begin. */
  timezone: string;
  /** How the partner reads the two ends. Absent: `half_open`. */
  boundary?: 'half_open' | 'closed' | 'open';
  /** Read again this far back. Absent: not at all. */
  lookback_window?: string;
  /** How often which part of the look-back is read again. Absent: all of it with every poll. */
  lookback_tiers?: { window: string; every: string }[];
  /** Never asks past now minus this. Absent: PT0S. */
  settle_delay?: string;
}

export type DecoderDefinition =
  | { type: 'json'; charset?: string; compression?: Compression }
  | { type: 'jsonl'; charset?: string; compression?: Compression }
  | ({ type: 'csv'; charset?: string; compression?: Compression } & CsvDialect)
  | { type: 'xml'; charset?: string; compression?: Compression };

/** Of the body itself, besides `Content-Encoding`, which is always understood. Absent: `auto`, by the first bytes. */
export type Compression = 'auto' | 'gzip' | 'none';

export interface CsvDialect {
  /** Absent: `,`. */
  delimiter?: string;
  /** Absent: `"`; the empty text: fields are never quoted. */
  quote?: string;
  /** Absent: the quote doubled (RFC 4180). */
  escape?: string;
  /** Absent: the first line names the columns, those of `primary_key` among them: what names others is an error. */
  columns?: string[];
  /** With `columns`: how many lines at the start are no records. Absent: 0. */
  skip_lines?: number;
  /** Lines that begin with it are no records. */
  comment?: string;
  /** Texts that mean that there is no value. Absent: the empty text. */
  null_values?: string[];
  trim?: boolean;
}

export interface RecordSelectorDefinition {
  /** Where the records stand: `data.items`; of XML, the names of the elements down to the repeated one. In JSON `*`
   * stands for every member or item: `data.*` where an object holds them by id, `days.*.rows`. */
  path?: string;
  /** Only records for which this holds; what it drops is still counted as read. */
  filter?: Condition;
}

export type PaginatorDefinition =
  | { type: 'none' }
  | {
      type: 'page';
      /** Query parameter, or where it stands in a JSON body with `in: body`. */
      page_param: string;
      size_param?: string;
      size?: number;
      /** Absent: 1. */
      start?: number;
      in?: 'query' | 'body';
      stop?: StopDefinition;
      max_pages?: number;
    }
  | {
      type: 'offset';
      offset_param: string;
      limit_param?: string;
      limit: number;
      in?: 'query' | 'body';
      stop?: StopDefinition;
      max_pages?: number;
    }
  /** Goes on after the greatest id of the page. */
  | {
      type: 'id';
      id_param: string;
      id_path: string;
      size_param?: string;
      size?: number;
      in?: 'query' | 'body';
      stop?: StopDefinition;
      max_pages?: number;
    }
  /** Goes on with what the answer says. */
  | {
      type: 'cursor';
      cursor_param: string;
      cursor_path: string;
      size_param?: string;
      size?: number;
      in?: 'query' | 'body';
      stop?: StopDefinition;
      max_pages?: number;
    }
  /** Goes on at the URL that the answer names. */
  | { type: 'link'; from: 'header' | 'body'; path?: string; stop?: StopDefinition; max_pages?: number };

/** Explicit signals whether a page follows. Paging ends where one says that none does and none says that one does: of
 * signals that disagree, the one that says more is followed, and the ledger counts it. An empty page always ends it.
 * Paths lead into the answer. */
export interface StopDefinition {
  /** Null, absent or empty: no page follows. */
  next_url_path?: string;
  /** Number of the last page. */
  last_page_path?: string;
  /** How many records there are in all; also compared with what was read. */
  total_path?: string;
  /** True: a page follows. */
  has_more_path?: string;
  /** True: no page follows. */
  done_path?: string;
}

export interface ErrorHandlerDefinition {
  /** Absent: 5. */
  max_retries?: number;
  /** The first that fits decides; behind them stand the defaults: 429 and 503 `rate_limited`, other 5xx, 408 and what
   * the network does `retry`, 401 `refresh_token_then_retry` where there is a token, every other 4xx `fail`. */
  rules?: ErrorRule[];
}

export interface ErrorRule {
  http?: number[];
  /** Of a JSON body. */
  body?: { path: string; exists?: boolean; equals?: Scalar; in?: Scalar[]; matches?: string };
  action: 'retry' | 'rate_limited' | 'refresh_token_then_retry' | 'empty' | 'fail';
  /** Of `fail`. Absent: `config_error` for 4xx, else `transient_error`. */
  failure_type?: 'config_error' | 'transient_error' | 'system_error';
  /** Header with the seconds to wait, an HTTP date or epoch seconds. Absent: Retry-After, then X-RateLimit-Reset and
   * RateLimit-Reset; of a 503 without a rule Retry-After alone. */
  wait_header?: string;
}

export type Scalar = string | number | boolean | null;

/** A record makes an event of this kind where `when` holds; with `for_each` one for every element of that array. */
export interface MappingRule {
  /** A kind of canonical event. Absent fields: `partner` is the source's name; `conversion_type` of a refund, reversal or
   * retraction the one kind of conversion that the stream's rules make; `version` what the stream's `version` or
   * `cursor_field` says; `occurred_at` of an entity its `created_at`, else its version, else when it was received. */
  event: string;
  when?: Condition;
  /** Path of an array; paths that begin with `$.` lead into the whole record, others into the element. */
  for_each?: string;
  group?: string;
  /** Fields of the event (of an entity: of its record) by their names; `goal` and `offer` of a payout become custom
   * fields. */
  fields: Record<string, FieldSpec>;
  custom?: Record<string, FieldSpec>;
  /** `*`: every column or member that no field of the rule reads becomes a custom field under its own name. */
  custom_rest?: boolean;
  sub_ids?: Record<string, FieldSpec>;
  utm?: Record<string, FieldSpec>;
  ad_click_ids?: Record<string, FieldSpec>;
  /** By which way the source tells. Absent: `partner_api`; of a postback `postback`. */
  trust?: string;
}

/**
 * A path, or where the value comes from and what becomes of it, in this order: trim, url_param, pattern, strip_prefix,
 * case, prefix, values, default, negate, then time, money or type. What is absent, null or the empty text is no value.
 */
export type FieldSpec =
  | string
  | {
      path?: string;
      const?: Scalar;
      first_of?: FieldSpec[];
      concat?: FieldSpec[];
      default?: Scalar;
      case?: 'lower' | 'upper';
      trim?: boolean;
      prefix?: string;
      strip_prefix?: string;
      /** What stands for what; a value that is not among them is refused, save where `default` is given. */
      values?: Record<string, Scalar>;
      type?: 'string' | 'integer' | 'decimal' | 'boolean' | 'timestamp';
      /** Luxon's tokens, `iso`, `epoch_seconds`, `epoch_ms` or `epoch_us`. */
      time?: string;
      /** IANA name or offset; required where `time` itself names none. */
      timezone?: string;
      /** Its currency: a code, or the path of one. Sets `currency` beside an `amount`. */
      money?: string | { path: string };
      /** The number counts the currency's smallest units, as cents. `true`: of ISO 4217, and a record in any other
       * currency is refused. A number from 0 to 18: that many digits, whatever the currency. By code, as `{USDC: 6}`:
       * those digits, and of every other currency those of ISO 4217. */
      minor_units?: boolean | number | Record<string, number>;
      negate?: boolean;
      /** The value is a URL (or a query); this parameter of it. */
      url_param?: string;
      /** Regular expression; its first group, else all of it. What does not match has no value. */
      pattern?: string;
    };

/** Paths and what must hold of their values, all of them; or one of `all`, `any` and `not` alone. Of no value (absent,
 * null, the empty text) nothing holds but `exists: false`. */
export type Condition =
  { all: Condition[] } | { any: Condition[] } | { not: Condition } | { [path: string]: Comparison };

export interface Comparison {
  /** A number and its text are alike. `null`: there is no value. */
  equals?: Scalar;
  in?: Scalar[];
  exists?: boolean;
  /** Decimals by their value, to the last digit; where one of the two is none, both as texts, so that instants of one
   * form and zone compare as they follow. */
  gt?: number | string;
  lt?: number | string;
  /** Regular expression. */
  matches?: string;
}

/** Takes the partner's calls at `GET|POST /postback/{name}` through the mapping of one of its streams; the events are
 * those of the source `{name}.postback`. */
export interface PostbackDefinition {
  /** Whose mapping, primary key and schema are used. */
  stream: string;
  /** What a call must show. */
  verify: PostbackVerification;
  /** What the partner wants to read. Absent: 200 with `OK`. */
  reply?: { status?: number; body?: string; content_type?: string };
}

export type PostbackVerification =
  | { type: 'none' }
  /** A parameter or header that is equal to the secret. */
  | { type: 'token'; in: 'query' | 'header'; name: string; value: string }
  /** A digest over what was sent, as `signature` makes one. */
  | {
      type: 'signature';
      algorithm: SignatureDefinition['algorithm'];
      key?: string;
      parts: SignaturePart[];
      join?: string;
      encoding?: SignatureDefinition['encoding'];
      in: 'query' | 'header';
      name: string;
    };

/** GA4's export: to BigQuery, or from there to files. Its one stream is `events`. */
export interface Ga4SourceDefinition extends SourceBase {
  type: 'ga4';
  /** The property's id, digits. */
  property: string;
  /** IANA name of the property's zone: its days are the shards'. */
  timezone: string;
  /** The first day that is read. Absent: 30 days before today. */
  start?: string;
  /** From the start of one look at the shards to the start of the next. */
  poll_interval: string;
  export: Ga4ExportDefinition;
  /** Conversions beside purchases, which are always found. Paths lead into the flat record of a row: `event_name`,
   * `user_id`, `params.<key>`, `user_properties.<key>`, …. What every row says need not be set: `occurred_at`,
   * `client_id`, `user_id`, `click_id`, and of money `transaction_id`, `amount` and `currency`. Absent: none. */
  conversions?: MappingRule[];
}

export type Ga4ExportDefinition =
  | {
      type: 'bigquery';
      /** Where queries run and are paid. */
      project: string;
      /** `dataset` or `project.dataset`. Absent: `analytics_<property>`. */
      dataset?: string;
      /** Absent: as BigQuery finds it. */
      location?: string;
      /** A service account's key (JSON), as `${secret.NAME}`. Absent: Application Default Credentials. */
      credentials?: string;
      /** `query`: selected columns by SQL, which costs; `list`: a table read, which is free and slower. Absent: `auto`, by
       * shard. */
      read?: 'auto' | 'query' | 'list';
      /** No query may bill more bytes. Absent: 10 GiB. */
      max_bytes_billed?: number;
    }
  | {
      type: 'files';
      /** Folder with `events_20261120*.parquet`, `.avro`, `.jsonl`, `.json`, each plain or gzipped; relative to the file. */
      folder: string;
    };

/** Subscriptions of Google Pub/Sub. */
export interface PubsubSourceDefinition extends SourceBase {
  type: 'pubsub';
  /** Of subscriptions that name none. Absent: the credentials' own. */
  project?: string;
  /** A service account's key (JSON), as `${secret.NAME}`. Absent: Application Default Credentials. */
  credentials?: string;
  streams: PubsubStreamDefinition[];
}

/**
 * One subscription. Paths lead into its record: `data` (the decoded message; of a CloudEvent its data), `attributes`,
 * `message.id`, `message.publish_time`, `message.ordering_key`, and `event` (a CloudEvent's attributes).
 */
export interface PubsubStreamDefinition extends Omit<RecordStreamDefinition, 'primary_key' | 'version'> {
  /** `name`, or `projects/<project>/subscriptions/<name>`. */
  subscription: string;
  /** Absent: `message.id`. */
  primary_key?: string[];
  /** How the message is written. Absent: JSON, gzipped or not. */
  decoder?: { type: 'json'; compression?: Compression };
  /** `cloudevents`: every message is one, structured or binary; `none`: none is. Absent: `auto`. */
  envelope?: 'auto' | 'cloudevents' | 'none';
  /** What goes to the log and is acknowledged together. Absent: 500 messages, or what came in PT0.05S. */
  batch?: { messages?: number; max_wait?: string };
  /** What may be in hand at once: no more is pulled. Absent: 5000 messages, 64 MiB. */
  flow_control?: { messages?: number; bytes?: number };
}
