import { PLUGINS, type PluginName } from '../plugins/plugins.js';
import type {
  ApiBudgetDefinition,
  PostbackDefinition,
  RecordSelectorDefinition,
  Ga4ExportDefinition,
  Ga4SourceDefinition,
  HttpSourceDefinition,
  PubsubSourceDefinition,
  PubsubStreamDefinition,
  RecordStreamDefinition,
  StreamDefinition,
} from '../definition.js';
import { AUTHENTICATOR_SCHEMA, SIGNATURE_PART_SCHEMA, VERIFICATION_SCHEMA } from './authenticator-schema.js';
import { COMPARISON_SCHEMA, CONDITION_SCHEMA, FIELD_SCHEMA, RULE_SCHEMA } from './mapping-schema.js';
import {
  DECODER_SCHEMA,
  ERROR_HANDLER_SCHEMA,
  PAGINATOR_SCHEMA,
  REQUESTER_SCHEMA,
  STOP_SCHEMA,
  SYNC_SCHEMA,
} from './request-schema.js';
import {
  anyText,
  choice,
  constant,
  list,
  object,
  oneOf,
  optional,
  reference,
  text,
  whole,
  type MembersOf,
  type Schema,
} from '#libs/yaml-file';

const NAME = { pattern: '^[a-z0-9][a-z0-9_-]{0,63}$' };

const RECORD_MEMBERS: MembersOf<RecordStreamDefinition> = {
  name: { ...text('Also the `stream` of its events.'), ...NAME },
  primary_key: list(
    'Paths whose values together name a record; the same record read again has the same ones.',
    text('Path of a value.', 'path'),
  ),
  cursor_field: optional(
    text(
      "Path of the instant or number that grows whenever the record changes, for the ledger's monotony count; the events' version where it is a whole number or an instant with its zone, and no field `version` is mapped.",
      'path',
    ),
  ),
  version: optional(
    choice(
      'received_at: of two tellings of a record the one that was read later stands, for records that change and tell of no time of it.',
      ['received_at'] as const,
    ),
  ),
  schema: optional(
    object<NonNullable<StreamDefinition['schema']>>('JSON Schema (2020-12 or draft 7) of a record.', {
      $ref: {
        ...text('Its file, relative to this one: `./schemas/besitos-conversion.json`.'),
        pattern: '^\\./(?!.*\\.\\.).+\\.json$',
      },
      on_violation: optional(
        choice('What becomes of a record that breaks it. Absent: `dead_letter`.', ['dead_letter', 'warn']),
      ),
    }),
  ),
  plugin: optional(
    choice(
      'Function that every record goes through before it is mapped, where paths and conversions cannot say it.',
      Object.keys(PLUGINS) as PluginName[],
    ),
  ),
  mapping: list(
    'Every rule whose `when` fits makes events; of rules with the same `group` only the first that fits. A record that no rule fits makes none, and is no error.',
    reference('rule'),
  ),
};

const STREAM_SCHEMA = object<StreamDefinition>('One kind of record that a partner delivers.', {
  poll_interval: text('From the start of one poll to the start of the next.', 'duration'),
  requester: reference('requester'),
  authenticator: optional(reference('authenticator', "Absent: the source's.")),
  incremental_sync: reference('incremental_sync'),
  decoder: reference('decoder'),
  record_selector: optional(
    object<RecordSelectorDefinition>('Absent: the document is the records: an array, or one record.', {
      path: optional(
        text(
          'Where the records stand: `data.items`; of XML, the names of the elements down to the repeated one. In JSON `*` stands for every member or item: `data.*` where an object holds them by id, `days.*.rows`.',
          'record-path',
        ),
      ),
      filter: optional(
        reference('condition', 'Only records for which this holds; what it drops is still counted as read.'),
      ),
    }),
  ),
  paginator: optional(reference('paginator', 'Absent: `none`.')),
  error_handler: optional(reference('error_handler')),
  ...RECORD_MEMBERS,
});

const POSTBACK_SCHEMA = object<PostbackDefinition>(
  "Takes the partner's calls at `GET|POST /postback/{name}` through the mapping of one of the streams; the events are those of the source `{name}.postback`.",
  {
    stream: text('Whose mapping, primary key and schema are used.'),
    verify: reference('verification'),
    reply: optional(
      object<NonNullable<PostbackDefinition['reply']>>(
        'What the partner wants to read. Absent: 200 with `OK`.',
        {
          status: optional({
            description: 'Absent: 200.',
            type: 'integer',
            minimum: 200,
            maximum: 299,
          }),
          body: optional(anyText('Absent: `OK`.')),
          content_type: optional(text('Absent: `text/plain`.')),
        },
      ),
    ),
  },
);

const SOURCE_MEMBERS = {
  name: { ...text('Also the `source` of every event.'), ...NAME },
  brand: { ...text('Player ids are unique within a brand.'), maxLength: 128 },
  documentation: optional(text('Who documents the API, for people.')),
};

const HTTP_SOURCE_SCHEMA = object<HttpSourceDefinition>('A partner API.', {
  ...SOURCE_MEMBERS,
  type: constant('http', 'Partner APIs over HTTP.'),
  api_budget: optional(
    object<ApiBudgetDefinition>(
      'At most so many requests in any stretch of time that long. Absent: the partner is asked as often as its streams want.',
      {
        requests: whole('So many.', 1),
        per: text('In a stretch of time this long.', 'duration'),
        scope: optional(
          choice(
            '`credential`: shared by all sources with the same credential; `source`: by the streams of this file. Absent: `credential`.',
            ['credential', 'source'],
          ),
        ),
      },
    ),
  ),
  authenticator: optional(reference('authenticator', 'Of every stream that has none of its own.')),
  streams: list('What the partner delivers.', reference('stream')),
  postback: optional(reference('postback')),
});

const CREDENTIALS = optional(
  text("A service account's key (JSON), as `${secret.NAME}`. Absent: Application Default Credentials."),
);

const GA4_EXPORT_SCHEMA = oneOf("Where the export's rows are.", 'type', [
  object<Extract<Ga4ExportDefinition, { type: 'bigquery' }>>('In BigQuery.', {
    type: constant('bigquery', 'Read from BigQuery itself.'),
    project: text('Where queries run and are paid.'),
    dataset: optional({
      ...text('`dataset` or `project.dataset`. Absent: `analytics_<property>`.'),
      pattern: '^(?:[a-z][a-z0-9.:-]*[a-z0-9]\\.)?[A-Za-z0-9_]+$',
    }),
    location: optional(text('Absent: as BigQuery finds it.')),
    credentials: CREDENTIALS,
    read: optional(
      choice(
        '`query`: selected columns by SQL, which costs; `list`: a table read, which is free and slower. Absent: `auto`, by shard.',
        ['auto', 'query', 'list'] as const,
      ),
    ),
    max_bytes_billed: optional(whole('No query may bill more bytes. Absent: 10 GiB.', 10_485_760)),
  }),
  object<Extract<Ga4ExportDefinition, { type: 'files' }>>('In files that BigQuery exported.', {
    type: constant('files', 'Read from files.'),
    folder: text(
      'Folder with `events_20261120*.parquet`, `.avro`, `.jsonl`, `.json`, each plain or gzipped; relative to this file.',
    ),
  }),
]);

const GA4_SOURCE_SCHEMA = object<Ga4SourceDefinition>("GA4's export.", {
  ...SOURCE_MEMBERS,
  type: constant('ga4', "GA4's export to BigQuery, or from there to files."),
  property: { ...text("The property's id."), pattern: '^[0-9]{1,20}$' },
  timezone: text("IANA name of the property's zone: its days are the shards'.", 'time-zone'),
  start: optional(text('The first day that is read. Absent: 30 days before today.', 'day')),
  poll_interval: text('From the start of one look at the shards to the start of the next.', 'duration'),
  export: reference('ga4_export'),
  conversions: optional(
    list(
      'Conversions beside purchases, which are always found. Paths lead into the flat record of a row: `event_name`, `user_id`, `params.<key>`, `user_properties.<key>`. What every row says need not be set: `occurred_at`, `client_id`, `user_id`, `click_id`, and of money `transaction_id`, `amount` and `currency`.',
      reference('rule'),
    ),
  ),
});

const { primary_key: KEY, version: _OF_POLLS, ...MAPPED_MEMBERS } = RECORD_MEMBERS;

const PUBSUB_STREAM_SCHEMA = object<PubsubStreamDefinition>(
  "One subscription. Paths lead into its record: `data`, `attributes`, `message.id`, `message.publish_time`, `message.ordering_key`, and `event` (a CloudEvent's attributes).",
  {
    ...MAPPED_MEMBERS,
    subscription: {
      ...text('`name`, or `projects/<project>/subscriptions/<name>`.'),
      pattern: '^(?:projects/[^/]+/subscriptions/)?[A-Za-z][A-Za-z0-9._~+%-]{2,254}$',
    },
    primary_key: optional(KEY),
    decoder: optional(
      object<NonNullable<PubsubStreamDefinition['decoder']>>(
        'How the message is written. Absent: JSON, gzipped or not.',
        {
          type: constant('json', 'One JSON document.'),
          compression: optional(choice('Absent: `auto`.', ['auto', 'gzip', 'none'] as const)),
        },
      ),
    ),
    envelope: optional(
      choice('`cloudevents`: every message is one, structured or binary; `none`: none is. Absent: `auto`.', [
        'auto',
        'cloudevents',
        'none',
      ] as const),
    ),
    batch: optional(
      object<NonNullable<PubsubStreamDefinition['batch']>>(
        'What goes to the log and is acknowledged together.',
        {
          messages: optional({ ...whole('Absent: 500.', 1), maximum: 5000 }),
          max_wait: optional(text('Absent: PT0.05S.', 'duration')),
        },
      ),
    ),
    flow_control: optional(
      object<NonNullable<PubsubStreamDefinition['flow_control']>>(
        'What may be in hand at once: no more is pulled.',
        {
          messages: optional(whole('Absent: 5000.', 1)),
          bytes: optional(whole('Absent: 64 MiB.', 1)),
        },
      ),
    ),
  },
);

const PUBSUB_SOURCE_SCHEMA = object<PubsubSourceDefinition>('Subscriptions of Google Pub/Sub.', {
  ...SOURCE_MEMBERS,
  type: constant('pubsub', 'Google Pub/Sub.'),
  project: optional(text("Of subscriptions that name none. Absent: the credentials' own.")),
  credentials: CREDENTIALS,
  streams: list('Its subscriptions.', reference('pubsub_stream')),
});

/** JSON Schema of a source definition, for the loader and for editors (`source-definition.schema.json`). */
export const DEFINITION_SCHEMA: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'source-definition.schema.json',
  title: 'Source definition',
  ...oneOf('One partner connection: `sources/*.yaml`.', 'type', [
    HTTP_SOURCE_SCHEMA,
    GA4_SOURCE_SCHEMA,
    PUBSUB_SOURCE_SCHEMA,
  ]),
  $defs: {
    stream: STREAM_SCHEMA,
    ga4_export: GA4_EXPORT_SCHEMA,
    pubsub_stream: PUBSUB_STREAM_SCHEMA,
    requester: REQUESTER_SCHEMA,
    authenticator: AUTHENTICATOR_SCHEMA,
    signature_part: SIGNATURE_PART_SCHEMA,
    incremental_sync: SYNC_SCHEMA,
    decoder: DECODER_SCHEMA,
    paginator: PAGINATOR_SCHEMA,
    stop: STOP_SCHEMA,
    error_handler: ERROR_HANDLER_SCHEMA,
    rule: RULE_SCHEMA,
    condition: CONDITION_SCHEMA,
    comparison: COMPARISON_SCHEMA,
    field: FIELD_SCHEMA,
    postback: POSTBACK_SCHEMA,
    verification: VERIFICATION_SCHEMA,
  },
};
