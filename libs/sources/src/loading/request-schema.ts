import type {
  DatetimeSyncDefinition,
  DecoderDefinition,
  ErrorHandlerDefinition,
  ErrorRule,
  IncrementalSyncDefinition,
  PaginatorDefinition,
  RequesterDefinition,
  StopDefinition,
} from '../definition.js';
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
  whole,
  type Schema,
} from '#libs/yaml-file';
import { SCALAR } from './mapping-schema.js';

const QUERY_TYPES = ['string', 'number', 'boolean'];

export const REQUESTER_SCHEMA: Schema = object<RequesterDefinition>(
  'What is asked. Placeholders `${...}` may stand in `url`, `query`, `headers` and `body`.',
  {
    url: text('Absolute; `https://…`.', 'http-url'),
    method: optional(choice('Absent: GET.', ['GET', 'POST'])),
    query: optional(
      map('Query parameters by name; a list is one parameter of that name for each value.', {
        type: [...QUERY_TYPES, 'array'],
        items: { type: QUERY_TYPES },
        minItems: 1,
      }),
    ),
    query_encoding: optional(
      choice('`form`: a space becomes `+`; `percent`: `%20`. Absent: `form`.', ['form', 'percent']),
    ),
    headers: optional(map('Headers by name.', { type: 'string' })),
    body: optional({
      description: 'Of a POST: JSON, a form, or a text; placeholders stand in its texts.',
      type: 'object',
      properties: {
        json: { description: 'Any JSON.' },
        form: map('Fields of a form by name.', { type: 'string' }),
        text: anyText('A text of the type that `content_type` names.'),
        content_type: text('Media type of the text.'),
      },
      dependentRequired: { text: ['content_type'], content_type: ['text'] },
      additionalProperties: false,
    }),
    timeout: optional(
      text(
        'Of one request, answer included, and of each silence while the answer is read. Absent: PT30S.',
        'duration',
      ),
    ),
  },
);

type Sync<Type> = Extract<IncrementalSyncDefinition, { type: Type }>;

export const SYNC_SCHEMA: Schema = oneOf('How the stream goes on from poll to poll.', 'type', [
  object<DatetimeSyncDefinition>('Windows of time, half-open inside Tributary whatever the partner does.', {
    type: constant('datetime', 'By windows of time.'),
    start: text(
      'Where history begins. Moved back later, the history from there on is read as well.',
      'day-or-instant',
    ),
    step: text("Length of one request's window.", 'duration'),
    format: text(
      "Of `${window.from}` and `${window.to}`: Luxon's tokens, `iso`, `epoch_seconds` or `epoch_ms`.",
      'window-format',
    ),
    timezone: text(
      'IANA name or offset (`-05:00`) in which the format is written and days begin.',
      'time-zone',
    ),
    boundary: optional(
      choice('How the partner reads the two ends. Absent: `half_open`.', ['half_open', 'closed', 'open']),
    ),
    lookback_window: optional(text('Read again this far back. Absent: not at all.', 'duration')),
    lookback_tiers: optional(
      list(
        'How often which part of the look-back is read again. Absent: all of it with every poll.',
        object<NonNullable<DatetimeSyncDefinition['lookback_tiers']>[number]>('One part.', {
          window: text('This far back.', 'duration'),
          every: text('So often.', 'duration'),
        }),
      ),
    ),
    settle_delay: optional(text('Never asks past now minus this. Absent: PT0S.', 'duration-or-none')),
  }),
  object<Sync<'id'>>('Ascending ids.', {
    type: constant('id', 'By ids.'),
    id_path: text('Path of the ascending id in a record.', 'path'),
    start: optional({
      description: 'The first request asks for ids above this one. Absent: 0.',
      type: ['string', 'integer'],
    }),
    lookback_count: optional(
      whole(
        'Ids this far below the greatest one are read again, for those that became visible out of order. Absent: 0.',
        0,
      ),
    ),
  }),
  object<Sync<'cursor'>>('What the partner says to go on with.', {
    type: constant('cursor', 'By a cursor.'),
    cursor_path: text('Where the answer says the cursor to go on with.', 'path'),
    start: optional(
      anyText('Absent: `${cursor}` is empty at first, and a parameter with nothing in it is left out.'),
    ),
  }),
  object<Sync<'full_refresh'>>('Everything, with every poll.', {
    type: constant('full_refresh', 'Everything.'),
  }),
]);

type Decoder<Type> = Extract<DecoderDefinition, { type: Type }>;

const encoded = {
  charset: optional(text('Absent: what the answer says, else UTF-8.')),
  compression: optional(
    choice('Of the body itself, besides `Content-Encoding`. Absent: `auto`, by the first bytes.', [
      ...(['auto', 'gzip', 'none'] as const),
    ]),
  ),
};

export const DECODER_SCHEMA: Schema = oneOf('What the answer is written in.', 'type', [
  object<Decoder<'json'>>('One JSON document.', { type: constant('json', 'JSON.'), ...encoded }),
  object<Decoder<'jsonl'>>('One JSON document a line.', {
    type: constant('jsonl', 'Lines of JSON.'),
    ...encoded,
  }),
  object<Decoder<'csv'>>('Columns (RFC 4180 and its relatives).', {
    type: constant('csv', 'CSV.'),
    ...encoded,
    delimiter: optional(text('Absent: `,`.')),
    quote: optional(anyText('Absent: `"`; the empty text: fields are never quoted.')),
    escape: optional(text('Absent: the quote doubled.')),
    columns: optional(list('Absent: the first line names the columns.', anyText('Name of a column.'))),
    skip_lines: optional(whole('With `columns`: how many lines at the start are no records. Absent: 0.', 0)),
    comment: optional(text('Lines that begin with it are no records.')),
    null_values: optional(
      list('Texts that mean that there is no value. Absent: the empty text.', anyText('One of them.'), 0),
    ),
    trim: optional(flag('Takes white space off both ends of every field.')),
  }),
  object<Decoder<'xml'>>('One XML document.', { type: constant('xml', 'XML.'), ...encoded }),
]);

type Paginator<Type> = Extract<PaginatorDefinition, { type: Type }>;

const pages = {
  stop: optional(reference('stop')),
  max_pages: optional(whole('More pages than this fail the window.', 1)),
};
const carried = {
  in: optional(choice('Where the parameters are put. Absent: `query`.', ['query', 'body'])),
  ...pages,
};
const sized = {
  size_param: optional(text('Parameter of the page size.')),
  size: optional(whole('Records a page.', 1)),
};

export const PAGINATOR_SCHEMA: Schema = oneOf('How one answer leads to the next.', 'type', [
  object<Paginator<'none'>>('It does not: there is one answer.', {
    type: constant('none', 'One answer.'),
  }),
  object<Paginator<'page'>>('Numbered pages.', {
    type: constant('page', 'By number.'),
    page_param: text('Query parameter, or where it stands in a JSON body with `in: body`.'),
    ...sized,
    start: optional(whole('Number of the first page. Absent: 1.', 0)),
    ...carried,
  }),
  object<Paginator<'offset'>>('So many records on from the first.', {
    type: constant('offset', 'By offset.'),
    offset_param: text('Parameter of the offset.'),
    limit_param: optional(text('Parameter of the limit.')),
    limit: whole('Records a page.', 1),
    ...carried,
  }),
  object<Paginator<'id'>>('Goes on after the greatest id of the page.', {
    type: constant('id', 'By the greatest id.'),
    id_param: text('Parameter of the id.'),
    id_path: text('Path of the id in a record.', 'path'),
    ...sized,
    ...carried,
  }),
  object<Paginator<'cursor'>>('Goes on with what the answer says.', {
    type: constant('cursor', 'By a cursor.'),
    cursor_param: text('Parameter of the cursor.'),
    cursor_path: text('Where the answer says it.', 'path'),
    ...sized,
    ...carried,
  }),
  object<Paginator<'link'>>('Goes on at the URL that the answer names.', {
    type: constant('link', 'By a link.'),
    from: choice('Where the link stands: the header `Link` (RFC 8288) or the body.', ['header', 'body']),
    path: optional(text('Of a link in the body.', 'path')),
    ...pages,
  }),
]);

export const STOP_SCHEMA: Schema = object<StopDefinition>(
  'Explicit signals whether a page follows. Paging ends where one says that none does and none says that one does: of signals that disagree, the one that says more is followed, and the ledger counts it. An empty page always ends it. Paths lead into the answer.',
  {
    next_url_path: optional(text('Null, absent or empty: no page follows.', 'path')),
    last_page_path: optional(text('Number of the last page.', 'path')),
    total_path: optional(
      text('How many records there are in all; also compared with what was read.', 'path'),
    ),
    has_more_path: optional(text('True: a page follows.', 'path')),
    done_path: optional(text('True: no page follows.', 'path')),
  },
);

export const ERROR_HANDLER_SCHEMA: Schema = object<ErrorHandlerDefinition>(
  'What answers other than success mean.',
  {
    max_retries: optional(whole('Absent: 5.', 0)),
    rules: optional(
      list(
        'The first that fits decides; behind them stand the defaults: 429 and 503 `rate_limited`, other 5xx, 408 and what the network does `retry`, 401 `refresh_token_then_retry` where there is a token, every other 4xx `fail`.',
        object<ErrorRule>('One rule.', {
          http: optional(
            list('Status codes.', { type: 'integer', minimum: 100, maximum: 599, description: 'A status.' }),
          ),
          body: optional(
            object<NonNullable<ErrorRule['body']>>('Of a JSON body.', {
              path: text('Path into the body.', 'path'),
              exists: optional(flag('Whether something stands there.')),
              equals: optional(SCALAR),
              in: optional(list('One of these values.', SCALAR)),
              matches: optional(text('Regular expression.', 'regular-expression')),
            }),
          ),
          action: choice('What is done.', [
            ...(['retry', 'rate_limited', 'refresh_token_then_retry', 'empty', 'fail'] as const),
          ]),
          failure_type: optional(
            choice('Of `fail`. Absent: `config_error` for 4xx, else `transient_error`.', [
              ...(['config_error', 'transient_error', 'system_error'] as const),
            ]),
          ),
          wait_header: optional(
            text(
              'Header with the seconds to wait, an HTTP date or epoch seconds. Absent: Retry-After, then X-RateLimit-Reset and RateLimit-Reset.',
            ),
          ),
        }),
      ),
    ),
  },
);
