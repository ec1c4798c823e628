import { PLUGINS, type PluginName } from '../plugins/plugins.js';
import type {
  ApiBudgetDefinition,
  PostbackDefinition,
  RecordSelectorDefinition,
  SourceDefinition,
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
  optional,
  reference,
  text,
  whole,
  type Schema,
} from './schema-parts.js';

const NAME = { pattern: '^[a-z0-9][a-z0-9_-]{0,63}$' };

const STREAM_SCHEMA = object<StreamDefinition>('One kind of record that a partner delivers.', {
  name: { ...text('Also the `stream` of its events.'), ...NAME },
  poll_interval: text('From the start of one poll to the start of the next.', 'duration'),
  requester: reference('requester'),
  authenticator: optional(reference('authenticator', "Absent: the source's.")),
  incremental_sync: reference('incremental_sync'),
  decoder: reference('decoder'),
  record_selector: optional(
    object<RecordSelectorDefinition>('Absent: the document is the records: an array, or one record.', {
      path: optional(
        text(
          'Where the records stand: `data.items`; of XML, the names of the elements down to the repeated one.',
          'path',
        ),
      ),
      filter: optional(
        reference('condition', 'Only records for which this holds; what it drops is still counted as read.'),
      ),
    }),
  ),
  paginator: optional(reference('paginator', 'Absent: `none`.')),
  error_handler: optional(reference('error_handler')),
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

const SOURCE_SCHEMA = object<SourceDefinition>('One partner connection: `sources/*.yaml`.', {
  name: { ...text('Also the `source` of every event.'), ...NAME },
  type: constant('http', 'Partner APIs over HTTP.'),
  brand: { ...text('Player ids are unique within a brand.'), maxLength: 128 },
  documentation: optional(text('Who documents the API, for people.')),
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

/** JSON Schema of a source definition, for the loader and for editors (`source-definition.schema.json`). */
export const DEFINITION_SCHEMA: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'source-definition.schema.json',
  title: 'Source definition',
  ...SOURCE_SCHEMA,
  $defs: {
    stream: STREAM_SCHEMA,
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
