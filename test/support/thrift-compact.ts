/** A value in Thrift's compact protocol (https://github.com/apache/thrift, `thrift-compact-protocol.md`). */
export interface Thrift {
  /** Number of its type. */
  type: number;
  bytes: Buffer;
}

export const i32 = (value: number): Thrift => ({ type: 5, bytes: varint(zigzag(value)) });
export const i64 = (value: number): Thrift => ({ type: 6, bytes: varint(zigzag(value)) });

export function binary(text: string): Thrift {
  const bytes = Buffer.from(text);
  return { type: 8, bytes: Buffer.concat([varint(BigInt(bytes.length)), bytes]) };
}

/** Of values that are all of one type, at least one. */
export function list(values: readonly Thrift[]): Thrift {
  const type = values[0]!.type;
  const head =
    values.length < 15
      ? Buffer.of((values.length << 4) | type)
      : Buffer.concat([Buffer.of(0xf0 | type), varint(BigInt(values.length))]);
  return { type: 9, bytes: Buffer.concat([head, ...values.map((value) => value.bytes)]) };
}

/** @param fields ids, ascending, with their values; `false` for one that is left out */
export function struct(...fields: readonly (readonly [id: number, value: Thrift] | false)[]): Thrift {
  let last = 0;
  const parts = fields.flatMap((field) => {
    if (!field) return [];
    const [id, { type, bytes }] = field;
    const head = Buffer.of(((id - last) << 4) | type);
    last = id;
    return [head, bytes];
  });
  return { type: 12, bytes: Buffer.concat([...parts, Buffer.of(0)]) };
}

function zigzag(value: number): bigint {
  return value < 0 ? BigInt(value) * -2n - 1n : BigInt(value) * 2n;
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (; value > 0x7fn; value >>= 7n) bytes.push(Number(value & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(value)]);
}
