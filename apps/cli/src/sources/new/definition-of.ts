import { isEntityKind, type EventKind } from '#libs/events';
import type {
  AuthenticatorDefinition,
  DecoderDefinition,
  FieldSpec,
  IncrementalSyncDefinition,
  MappingRule,
  PaginatorDefinition,
  RequesterDefinition,
  HttpSourceDefinition,
  StopDefinition,
  StreamDefinition,
} from '#libs/sources';
import { readAddress } from './address.js';
import { fieldsOfKind, type EventField } from './event-fields.js';
import type { Answers } from './question.js';
import type { Sample } from './sample.js';

/** Every question that arises is answered. */
export interface Told {
  answers: Answers;
  /** Paths of the record by fields of the event; every required one is there. */
  map: Readonly<Record<string, string>>;
  /** Code or path; only of kinds with money. */
  currency?: string;
  /** As `minor_units` has it; absent: amounts are in the currency itself. */
  minorUnits?: true | number;
  /** What an answer of the partner tells besides. */
  sample?: Pick<Sample, 'delimiter' | 'fields' | 'paging'>;
}

/** The source that the answers describe. */
export function definitionOf(told: Told): HttpSourceDefinition {
  const { answers } = told;
  const auth = authenticatorOf(answers);
  return {
    name: answers.name!,
    type: 'http',
    brand: answers.brand!,
    ...(auth.type !== 'none' && { authenticator: auth }),
    streams: [streamOf(told)],
  };
}

function streamOf(told: Told): StreamDefinition {
  const { answers } = told;
  const paginator = paginatorOf(told);
  return {
    name: answers.stream!,
    poll_interval: answers.poll_interval!,
    requester: requesterOf(answers),
    incremental_sync: syncOf(answers),
    decoder: decoderOf(told),
    ...(answers.records && { record_selector: { path: answers.records } }),
    ...(paginator.type !== 'none' && { paginator }),
    primary_key: answers.key!.split(',').map((path) => path.trim()),
    ...(told.map['version'] !== undefined && { cursor_field: told.map['version'] }),
    mapping: [ruleOf(told)],
  };
}

/** Name of a secret of this source, as `${secret.BESITOS_KEY}`. */
function secret({ name = '' }: Answers, what: string): string {
  return `\${secret.${name.toUpperCase().replaceAll('-', '_').replace(/^\d/, '_$&')}_${what}}`;
}

/** How requests show who asks; its secrets are named after the source. */
export function authenticatorOf(answers: Answers): AuthenticatorDefinition {
  const of = (what: string): string => secret(answers, what);
  const name = answers.auth_name!;
  const place = answers.auth_in as 'header' | 'query' | 'cookie';
  switch (answers.auth as AuthenticatorDefinition['type']) {
    case 'none':
      return { type: 'none' };
    case 'basic':
      return { type: 'basic', username: of('USER'), password: of('PASSWORD') };
    case 'bearer':
      return { type: 'bearer', token: of('TOKEN') };
    case 'api_key':
      return { type: 'api_key', in: place, name, value: of('KEY') };
    case 'oauth2_client_credentials':
      return {
        type: 'oauth2_client_credentials',
        token_url: answers.token_url!,
        client_id: of('CLIENT_ID'),
        client_secret: of('CLIENT_SECRET'),
      };
    case 'oauth2_refresh_token':
      return {
        type: 'oauth2_refresh_token',
        token_url: answers.token_url!,
        client_id: of('CLIENT_ID'),
        client_secret: of('CLIENT_SECRET'),
        refresh_token: of('REFRESH_TOKEN'),
      };
    case 'session_token':
      return {
        type: 'session_token',
        login: {
          url: answers.token_url!,
          method: 'POST',
          body: { json: { login: of('USER'), password: of('PASSWORD') } },
        },
        token_path: answers.token_path!,
        in: place,
        name,
      };
    case 'jwt':
      return { type: 'jwt', algorithm: 'HS256', key: of('KEY'), claims: { iss: answers.name! } };
    case 'signature':
      return {
        type: 'signature',
        algorithm: 'hmac_sha256',
        key: of('KEY'),
        parts: [
          { part: 'method' },
          { part: 'path' },
          { part: 'params', join: '&' },
          { text: '${timestamp}' },
        ],
        join: '\n',
        in: place === 'query' ? 'query' : 'header',
        name,
        set: [{ in: place === 'query' ? 'query' : 'header', name: 'timestamp', value: '${timestamp}' }],
      };
  }
}

function requesterOf(answers: Answers): RequesterDefinition {
  const { url, params, size } = readAddress(answers.url!);
  const asked: Record<string, string | string[]> = { ...params };
  if (size && (answers.paging === 'none' || answers.paging === 'link')) asked[size.name] = size.value;
  if (answers.sync === 'datetime') {
    const [from, to] = [answers.from_param!, answers.to_param!];
    asked[from] = '${window.from}';
    asked[to] = from === to ? ['${window.from}', '${window.to}'] : '${window.to}';
  } else if (answers.sync === 'id' || answers.sync === 'cursor') {
    asked[answers.cursor_param!] = '${cursor}';
  }
  if (answers.method === 'POST') return { url, method: 'POST', body: { json: asked } };
  return { url, ...(Object.keys(asked).length > 0 && { query: asked }) };
}

function syncOf(answers: Answers): IncrementalSyncDefinition {
  switch (answers.sync as IncrementalSyncDefinition['type']) {
    case 'datetime':
      return {
        type: 'datetime',
        start: answers.start!,
        step: answers.step!,
        format: answers.window_format!,
        timezone: answers.timezone!,
        boundary: answers.boundary as 'half_open' | 'closed' | 'open',
        lookback_window: 'P3D',
        settle_delay: 'PT2M',
      };
    case 'id':
      return { type: 'id', id_path: answers.id_path!, start: answers.start!, lookback_count: 100 };
    case 'cursor':
      return { type: 'cursor', cursor_path: answers.cursor_path! };
    case 'full_refresh':
      return { type: 'full_refresh' };
  }
}

function decoderOf({ answers, sample }: Told): DecoderDefinition {
  const delimiter = sample?.delimiter;
  if (answers.format === 'csv') return { type: 'csv', ...(delimiter !== undefined && { delimiter }) };
  return { type: answers.format as 'json' | 'jsonl' | 'xml' };
}

function paginatorOf({ answers, sample }: Told): PaginatorDefinition {
  const place = answers.method === 'POST' ? { in: 'body' as const } : {};
  const param = answers.page_param!;
  const size = answers.size_param ? { size_param: answers.size_param, size: Number(answers.size) } : {};
  const { next, lastPage, hasMore, done } = sample?.paging ?? {};
  const signals: StopDefinition = {
    ...(next !== undefined && { next_url_path: next }),
    ...(lastPage !== undefined && { last_page_path: lastPage }),
    ...(hasMore !== undefined && { has_more_path: hasMore }),
    ...(done !== undefined && { done_path: done }),
    ...(answers.total_path && { total_path: answers.total_path }),
  };
  const stop = Object.keys(signals).length > 0 ? { stop: signals } : {};
  switch (answers.paging as PaginatorDefinition['type']) {
    case 'none':
      return { type: 'none' };
    case 'page':
      return { type: 'page', page_param: param, ...size, ...place, ...stop };
    case 'offset':
      return {
        type: 'offset',
        offset_param: param,
        ...(answers.size_param && { limit_param: answers.size_param }),
        limit: Number(answers.size),
        ...place,
        ...stop,
      };
    case 'id':
      return { type: 'id', id_param: param, id_path: answers.id_path!, ...size, ...place };
    case 'cursor':
      return { type: 'cursor', cursor_param: param, cursor_path: answers.cursor_path!, ...size, ...place };
    case 'link':
      return answers.next_path
        ? { type: 'link', from: 'body', path: answers.next_path }
        : { type: 'link', from: 'header' };
  }
}

/** What an event is made of. */
export function ruleOf(told: Told): MappingRule {
  const kind = told.answers.event as EventKind;
  const fields: Record<string, FieldSpec> = { ...constantsOf(kind, told.answers.name!) };
  for (const field of fieldsOfKind(kind)) {
    const path = told.map[field.name];
    if (path !== undefined) fields[field.name] = specOf(field, path, told);
  }
  return { event: kind, fields, ...(isEntityKind(kind) && { custom_rest: true }) };
}

/** What the records do not say. */
function constantsOf(kind: EventKind, partner: string): Record<string, FieldSpec> {
  if (kind === 'payout') return { partner: { const: partner } };
  if (kind === 'refund' || kind === 'reversal' || kind === 'retraction') {
    return { conversion_type: { const: 'payout' }, partner: { const: partner } };
  }
  return {};
}

function specOf({ form }: EventField, path: string, told: Told): FieldSpec {
  const { currency = 'USD' } = told;
  switch (form) {
    case 'text':
    case 'currency':
    case 'flag':
      return path;
    case 'money':
      return {
        ...{ path, money: isCurrencyCode(currency) ? currency : { path: currency } },
        ...(told.minorUnits !== undefined && { minor_units: told.minorUnits }),
      };
    case 'time':
      return timeSpecOf(path, told);
  }
}

/** As the field itself is written where an answer has it, else as times are in general. */
function timeSpecOf(path: string, { answers, sample }: Told): FieldSpec {
  const seen = sample?.fields.find((f) => f.path === path)?.time;
  const time = seen?.format ?? answers.time_format!;
  const hasZone = seen?.hasZone ?? namesZone(time);
  return { path, time, ...(!hasZone && { timezone: answers.timezone! }) };
}

/** Whether a text is the code of a currency, and no path. */
export function isCurrencyCode(text: string): boolean {
  return /^[A-Z][A-Z0-9]{2,9}$/.test(text);
}

/** Whether times that are written so say their zone; those of `iso` may not. */
function namesZone(format: string): boolean {
  return (
    format.startsWith('epoch') ||
    /(?:^|[^'\w])(?:Z{1,3}|z|[Xx])(?:$|[^'\w])/.test(format.replaceAll(/'[^']*'/g, ' '))
  );
}
