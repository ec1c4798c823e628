import { Document, Scalar, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import type { SourceDefinition } from '#libs/sources';

/** What a person should know of a key, by its place in the file; `*` is any index. */
const COMMENTS: Readonly<Record<string, string>> = {
  brand: 'player ids are unique within a brand',
  property: 'of GA4; its days, in its time zone, are the tables’',
  poll_interval: 'from the start of one look at the tables to the start of the next',
  'streams.*.subscription': 'a pull subscription',
  'export.project': 'where queries run and are paid',
  'export.folder': 'of exported files, from the folder of this file',
  'streams.*.poll_interval': 'from the start of one poll to the start of the next',
  'streams.*.incremental_sync.start': 'where history begins',
  'streams.*.incremental_sync.step': 'length of one request’s window',
  'streams.*.incremental_sync.format': 'how ${window.from} and ${window.to} are written',
  'streams.*.incremental_sync.timezone': 'in which they are written, and days begin',
  'streams.*.incremental_sync.boundary': 'half_open: from <= t < to; closed: both ends; open: neither',
  'streams.*.incremental_sync.lookback_window': 'read again this far back, for rows that come or change late',
  'streams.*.incremental_sync.settle_delay': 'never ask past now minus this',
  'streams.*.incremental_sync.lookback_count':
    'this many ids back again, for ids that become visible out of order',
  'streams.*.primary_key': 'names a record; read again it must be the same',
  'streams.*.cursor_field': 'grows whenever a record changes',
  'authenticator.parts': 'what is signed, in this order; `tributary sources sign` shows the text',
  'authenticator.claims': 'what the token says',
};

/** Maps that stay on one line. */
const FLAT = new Set(['query', 'decoder', 'record_selector', 'stop', 'money', 'json', 'form', 'claims']);
const LINE_WIDTH = 110;

/**
 * The source as a YAML file for people: commented, small maps on one line.
 * @param head lines of the comment at its top
 * @param schemaPath of the JSON Schema, from the file's folder, for editors; absent: none is named
 */
export function writeDefinition(
  definition: SourceDefinition,
  head: readonly string[],
  schemaPath: string | undefined,
): string {
  const document = new Document(definition, { aliasDuplicateObjects: false });
  layOut(document.contents as Node, [], undefined);
  for (const pair of (document.contents as YAMLMap<Node, Node>).items) {
    if (keyOf(pair) === 'streams') pair.key.spaceBefore = true;
  }
  const yaml = document
    .toString({ lineWidth: LINE_WIDTH, singleQuote: true, flowCollectionPadding: true })
    .replace(/^( *primary_key: \[) (.*) \]$/m, '$1$2]');
  const comment =
    schemaPath === undefined ? head : [`yaml-language-server: $schema=${schemaPath}`, '', ...head];
  return `${comment.map((line) => `# ${line}`.trimEnd()).join('\n')}\n${yaml}`;
}

function layOut(node: Node, place: readonly string[], pair: Pair<Node, Node> | undefined): void {
  const key = place.at(-1) ?? '';
  if (pair) remark(pair, COMMENTS[place.join('.')]);
  // YAML 1.1 takes -05:00 for a number
  if (isScalar(node) && /^[+-]\d/.test(String(node.value))) node.type = Scalar.QUOTE_SINGLE;
  if (isMap(node)) {
    const isFlat =
      FLAT.has(key) || place.includes('fields') || place.at(-2) === 'parts' || place.at(-2) === 'set';
    if (isFlat && key !== 'fields') node.flow = true;
    for (const member of node.items as Pair<Node, Node>[])
      layOut(member.value!, [...place, keyOf(member)], member);
  } else if (isSeq(node)) {
    if (node.items.every(isScalar)) node.flow = true;
    for (const item of node.items as Node[]) layOut(item, [...place, '*'], undefined);
  }
}

function remark(pair: Pair<Node, Node>, comment: string | undefined): void {
  if (comment === undefined) return;
  if (isScalar(pair.value)) pair.value.comment = ` ${comment}`;
  else pair.key.commentBefore = ` ${comment}`;
}

function keyOf({ key }: Pair<Node, Node>): string {
  return isScalar(key) ? String(key.value) : '';
}
