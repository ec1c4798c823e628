const LINE_FEED = 0x0a;

/** A line of a file, without its line feed. */
export interface Line {
  /** From 1. */
  number: number;
  bytes: Buffer;
}

/** The lines of a stream, as bytes: what is no UTF-8 is still seen as such. The last needs no line feed. */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let number = 0;
  let begun: Buffer[] = [];
  for await (const chunk of chunks) {
    let from = 0;
    for (let end; (end = chunk.indexOf(LINE_FEED, from)) !== -1; from = end + 1) {
      const rest = chunk.subarray(from, end);
      const bytes = begun.length === 0 ? rest : Buffer.concat([...begun, rest]);
      begun = [];
      yield { number: ++number, bytes };
    }
    if (from < chunk.length) begun.push(chunk.subarray(from));
  }
  if (begun.length > 0) yield { number: number + 1, bytes: Buffer.concat(begun) };
}
