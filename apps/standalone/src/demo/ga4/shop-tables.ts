import type { JsonObject, JsonValue } from '#libs/sources';

/** A column of the shop's tables. */
interface Column {
  name: string;
  type: 'STRING' | 'INT64' | 'FLOAT64' | readonly Column[];
  repeated?: true;
}

const of = (type: 'STRING' | 'INT64' | 'FLOAT64', ...names: string[]): Column[] =>
  names.map((name) => ({ name, type }));
const VALUE = [
  ...of('STRING', 'string_value'),
  ...of('INT64', 'int_value'),
  ...of('FLOAT64', 'double_value'),
];

/** Those of the export that the shop's rows have. */
const COLUMNS: readonly Column[] = [
  ...of('STRING', 'event_date', 'event_name', 'user_pseudo_id', 'stream_id', 'platform'),
  ...of('INT64', 'event_timestamp', 'event_bundle_sequence_id', 'user_first_touch_timestamp'),
  ...of('INT64', 'batch_event_index', 'batch_ordering_id', 'batch_page_id'),
  { name: 'event_params', repeated: true, type: [...of('STRING', 'key'), { name: 'value', type: VALUE }] },
  {
    name: 'session_traffic_source_last_click',
    type: [{ name: 'cross_channel_campaign', type: of('STRING', 'source', 'medium', 'campaign_name') }],
  },
  { name: 'ecommerce', type: [...of('STRING', 'transaction_id'), ...of('FLOAT64', 'purchase_revenue')] },
];

/** The tables of a dataset of an emulator of BigQuery. */
export class ShopTables {
  private readonly base: string;

  /** @param host `BIGQUERY_EMULATOR_HOST`: a URL, or host and port */
  constructor(
    host: string,
    private readonly project: string,
    private readonly dataset: string,
  ) {
    const url = host.includes('://') ? host : `http://${host}`;
    this.base = `${url.replace(/\/(bigquery\/v2\/?)?$/, '')}/bigquery/v2/projects/${project}`;
  }

  /** Makes the dataset, anew where an earlier demo has left one. */
  async open(): Promise<void> {
    await fetch(`${this.base}/datasets/${this.dataset}?deleteContents=true`, { method: 'DELETE' });
    await this.post('datasets', { datasetReference: { projectId: this.project, datasetId: this.dataset } });
  }

  /** Makes a table with its rows, by one statement: who reads it meanwhile must not find it empty. */
  async create(name: string, rows: readonly JsonObject[]): Promise<void> {
    const selects = rows.map(
      (row) => `SELECT ${COLUMNS.map((c) => `${literal(c, row[c.name])} AS ${c.name}`).join(', ')}`,
    );
    await this.run(`CREATE TABLE ${this.path(name)} AS ${selects.join(' UNION ALL ')}`);
  }

  async drop(name: string): Promise<void> {
    await this.run(`DROP TABLE ${this.path(name)}`);
  }

  private path(name: string): string {
    return `\`${this.project}.${this.dataset}.${name}\``;
  }

  private run(query: string): Promise<void> {
    return this.post('queries', { query, useLegacySql: false });
  }

  /** @throws Error with what the emulator said */
  private async post(path: string, body: object): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${this.base}/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    if (answer.ok) return;
    throw new Error(
      `the BigQuery emulator answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`,
    );
  }
}

function typeOf({ type, repeated }: Column): string {
  const inner =
    typeof type === 'string' ? type : `STRUCT<${type.map((m) => `${m.name} ${typeOf(m)}`).join(', ')}>`;
  return repeated ? `ARRAY<${inner}>` : inner;
}

/** A value in SQL, with its type: the emulator guesses none. */
function literal(column: Column, value: JsonValue | undefined): string {
  const { type, repeated, ...rest } = column;
  if (repeated) {
    const elements = (Array.isArray(value) ? value : []).map((element) =>
      literal({ ...rest, type }, element),
    );
    return `[${elements.join(', ')}]`;
  }
  if (value === undefined || value === null) return `CAST(NULL AS ${typeOf(column)})`;
  if (type === 'STRING') return JSON.stringify(value);
  if (typeof type === 'string') return `CAST(${textLiteral(value)} AS ${type})`;
  const members = type.map((member) => literal(member, (value as JsonObject)[member.name]));
  return `${typeOf(column)}(${members.join(', ')})`;
}

function textLiteral(value: JsonValue): string {
  return JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value));
}
