import { gzipSync } from 'node:zlib';
import { GA4_COLUMNS, type Ga4Column, type TypedValue } from './ga4-columns.js';
import { snappyLiteral } from './snappy-literal.js';
import { binary, i32, i64, list, struct, type Thrift } from './thrift-compact.js';

/** By their numbers in Parquet's format. `ZSTD` is only named, its bytes are as they were. */
const CODECS = { UNCOMPRESSED: 0, SNAPPY: 1, GZIP: 2, ZSTD: 6 } as const;
const TYPES = { boolean: 0, int64: 2, double: 5, string: 6 } as const;
const [OPTIONAL, REPEATED] = [1, 2] as const;
const [UTF8, LIST] = [0, 3] as const;
const [PLAIN, RLE] = [0, 3] as const;
const MAGIC = Buffer.from('PAR1');

interface ParquetOptions {
  codec?: keyof typeof CODECS;
  /** Absent: all rows in one group. */
  groupRows?: number;
  /** Whether lists are said to be lists. Absent: they are. */
  annotated?: boolean;
}

/** A column without members, and what is written of it. */
interface Leaf {
  path: string[];
  type: keyof typeof TYPES;
  maxRepetition: number;
  maxDefinition: number;
  cells: { repetition: number; definition: number; value: TypedValue }[];
}

type Node =
  | { kind: 'leaf'; leaf: Leaf }
  | { kind: 'group'; members: [string, Node][] }
  | { kind: 'list'; element: Node; repetition: number };

/**
 * Rows as a Parquet file of the form that BigQuery and Arrow write: optional columns, lists of three levels
 * (`event_params.list.element`), data pages of version 1 (https://parquet.apache.org/docs/file-format/).
 */
export function writeParquet(
  rows: readonly Record<string, TypedValue>[],
  { codec = 'SNAPPY', groupRows = rows.length, annotated = true }: ParquetOptions = {},
): Buffer {
  const parts: Buffer[] = [MAGIC];
  const groups: Thrift[] = [];
  let offset = MAGIC.length;
  for (let at = 0; at < rows.length; at += groupRows) {
    const group = rows.slice(at, at + groupRows);
    const leaves: Leaf[] = [];
    const nodes = GA4_COLUMNS.map((column) => [column.name, nodeOf(column, [], 0, 0, leaves)] as const);
    for (const row of group) for (const [name, node] of nodes) shred(node, row[name] ?? null, 0, 0);
    const chunks = leaves.map((leaf) => {
      const page = pageOf(leaf, codec);
      const start = offset;
      offset += page.length;
      parts.push(page);
      return chunkOf(leaf, codec, start, page.length);
    });
    groups.push(struct([1, list(chunks)], [2, i64(offset)], [3, i64(group.length)]));
  }
  const root = struct([4, binary('root')], [5, i32(GA4_COLUMNS.length)]);
  const schema = [root, ...GA4_COLUMNS.flatMap((column) => elementsOf(column, annotated))];
  const footer = struct([1, i32(1)], [2, list(schema)], [3, i64(rows.length)], [4, list(groups)]).bytes;
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([...parts, footer, length, MAGIC]);
}

function elementsOf({ name, type, repeated }: Ga4Column, annotated: boolean): Thrift[] {
  if (repeated) {
    const outer = struct([3, i32(OPTIONAL)], [4, binary(name)], [5, i32(1)], annotated && [6, i32(LIST)]);
    const middle = struct([3, i32(REPEATED)], [4, binary('list')], [5, i32(1)]);
    return [outer, middle, ...elementsOf({ name: 'element', type }, annotated)];
  }
  if (typeof type === 'string') {
    const text = type === 'string' && ([6, i32(UTF8)] as const);
    return [struct([1, i32(TYPES[type])], [3, i32(OPTIONAL)], [4, binary(name)], text)];
  }
  const group = struct([3, i32(OPTIONAL)], [4, binary(name)], [5, i32(type.length)]);
  return [group, ...type.flatMap((member) => elementsOf(member, annotated))];
}

function nodeOf(
  { name, type, repeated }: Ga4Column,
  above: readonly string[],
  repetition: number,
  definition: number,
  leaves: Leaf[],
): Node {
  const path = [...above, name];
  if (repeated) {
    const inner = { name: 'element', type };
    const element = nodeOf(inner, [...path, 'list'], repetition + 1, definition + 2, leaves);
    return { kind: 'list', element, repetition: repetition + 1 };
  }
  if (typeof type === 'string') {
    const leaf: Leaf = { path, type, maxRepetition: repetition, maxDefinition: definition + 1, cells: [] };
    leaves.push(leaf);
    return { kind: 'leaf', leaf };
  }
  const members = type.map(
    (m) => [m.name, nodeOf(m, path, repetition, definition + 1, leaves)] as [string, Node],
  );
  return { kind: 'group', members };
}

/** A value as the cells of its leaves, with repetition and definition levels (Dremel). */
function shred(node: Node, value: TypedValue, repetition: number, definition: number): void {
  if (node.kind === 'leaf') {
    node.leaf.cells.push({ repetition, definition: value === null ? definition : definition + 1, value });
  } else if (node.kind === 'group') {
    const members = value as Record<string, TypedValue> | null;
    for (const [name, member] of node.members) {
      shred(member, members?.[name] ?? null, repetition, definition + (members ? 1 : 0));
    }
  } else if (value === null || (value as TypedValue[]).length === 0) {
    shredNothing(node.element, repetition, definition + (value === null ? 0 : 1));
  } else {
    (value as TypedValue[]).forEach((element, i) =>
      shred(node.element, element, i === 0 ? repetition : node.repetition, definition + 2),
    );
  }
}

function shredNothing(node: Node, repetition: number, definition: number): void {
  if (node.kind === 'leaf') node.leaf.cells.push({ repetition, definition, value: null });
  else if (node.kind === 'list') shredNothing(node.element, repetition, definition);
  else for (const [, member] of node.members) shredNothing(member, repetition, definition);
}

function pageOf({ cells, type, maxRepetition, maxDefinition }: Leaf, codec: keyof typeof CODECS): Buffer {
  const there = cells.filter((cell) => cell.definition === maxDefinition).map((cell) => cell.value);
  const plain = Buffer.concat([
    levels(
      cells.map((cell) => cell.repetition),
      maxRepetition,
    ),
    levels(
      cells.map((cell) => cell.definition),
      maxDefinition,
    ),
    plainValues(there, type),
  ]);
  const pack = { SNAPPY: snappyLiteral, GZIP: gzipSync, UNCOMPRESSED: undefined, ZSTD: undefined }[codec];
  const packed = pack ? pack(plain) : plain;
  const data = struct([1, i32(cells.length)], [2, i32(PLAIN)], [3, i32(RLE)], [4, i32(RLE)]);
  const head = struct([1, i32(0)], [2, i32(plain.length)], [3, i32(packed.length)], [5, data]);
  return Buffer.concat([head.bytes, packed]);
}

function chunkOf(
  { path, type, cells }: Leaf,
  codec: keyof typeof CODECS,
  start: number,
  bytes: number,
): Thrift {
  const meta = struct(
    [1, i32(TYPES[type])],
    [2, list([i32(PLAIN), i32(RLE)])],
    [3, list(path.map(binary))],
    [4, i32(CODECS[codec])],
    [5, i64(cells.length)],
    [6, i64(bytes)],
    [7, i64(bytes)],
    [9, i64(start)],
  );
  return struct([2, i64(start)], [3, meta]);
}

/** Runs of equal levels, behind their length in bytes. */
function levels(values: readonly number[], max: number): Buffer {
  if (max === 0) return Buffer.alloc(0);
  const runs: number[] = [];
  for (let at = 0; at < values.length;) {
    let end = at;
    while (end < values.length && values[end] === values[at]) end++;
    let head = (end - at) * 2;
    for (; head > 0x7f; head = head >> 7) runs.push((head & 0x7f) | 0x80);
    runs.push(head, values[at]!);
    at = end;
  }
  const length = Buffer.alloc(4);
  length.writeUInt32LE(runs.length);
  return Buffer.concat([length, Buffer.from(runs)]);
}

function plainValues(values: readonly TypedValue[], type: keyof typeof TYPES): Buffer {
  if (type === 'boolean') {
    const bits = Buffer.alloc(Math.ceil(values.length / 8));
    values.forEach((value, i) => value && (bits[i >> 3]! |= 1 << (i & 7)));
    return bits;
  }
  return Buffer.concat(values.map((value) => plainValue(value, type)));
}

function plainValue(value: TypedValue, type: 'int64' | 'double' | 'string'): Buffer {
  const bytes = Buffer.from(type === 'string' ? (value as string) : '');
  const head = Buffer.alloc(type === 'string' ? 4 : 8);
  if (type === 'string') head.writeUInt32LE(bytes.length);
  else if (type === 'int64') head.writeBigInt64LE(value as bigint);
  else head.writeDoubleLE(value as number);
  return Buffer.concat([head, bytes]);
}
