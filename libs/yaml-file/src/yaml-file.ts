import {
  LineCounter,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  visit,
  type Document,
  type ErrorCode,
  type Node,
  type Pair,
  type Scalar,
} from 'yaml';
import { placeText, type Place, type FileProblem } from './problem.js';

/** How deep lists, and keys and values, may stand within each other. */
const MAX_DEPTH = 64;

/** What the parser says to programmers, said to whoever wrote the file. */
const BROKEN: Partial<Record<ErrorCode, string>> = {
  MULTIPLE_DOCS: 'must be the only document of its file: take the line --- out',
};

/** Which part of a member a problem is about. */
export type Part = 'key' | 'value';

/** A YAML file as data, with the lines and columns that it came from. */
export class YamlFile {
  private constructor(
    readonly data: unknown,
    /** How problems name it. */
    readonly path: string,
    private readonly document: Document,
    private readonly lines: LineCounter,
  ) {}

  /** @param path how problems name the file */
  static read(text: string, path: string): YamlFile | FileProblem[] {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, merge: true });
    const at = (offset: number, message: string): FileProblem => {
      const { line, col } = lines.linePos(offset);
      return { file: path, line, column: col, at: '', message };
    };
    const broken = document.errors.map((e) =>
      at(e.pos[0], BROKEN[e.code] ?? e.message.split('\n')[0]!.replace(/ at line .*$/, '')),
    );
    if (broken.length > 0) return broken;
    const refused: FileProblem[] = [];
    visit(document, {
      Alias: (_key, node, around) => {
        const named = node.resolve(document);
        if (named && around.includes(named))
          refused.push(at(node.range?.[0] ?? 0, `*${node.source} must not stand within what it names`));
      },
      Scalar: (_key, node) => {
        if (isInexact(node))
          refused.push(
            at(node.range?.[0] ?? 0, 'write this number in quotes: it has more digits than a number keeps'),
          );
      },
    });
    if (refused.length > 0) return refused;
    let data: unknown;
    try {
      data = document.toJS();
    } catch (e) {
      return [at(0, (e as Error).message)]; // aliases of aliases without end
    }
    if (isDeeperThan(MAX_DEPTH, data)) return [at(0, `must not be nested deeper than ${MAX_DEPTH} levels`)];
    return new YamlFile(data, path, document, lines);
  }

  /** A problem at a place of the data; where the place is not there, at the nearest that is around it. */
  problem(place: Place, message: string, part: Part = 'value'): FileProblem {
    const { line, col } = this.lines.linePos(this.offsetOf(place, part));
    return {
      file: this.path,
      line,
      column: col,
      at: placeText(part === 'key' ? place.slice(0, -1) : place),
      message,
    };
  }

  private offsetOf(place: Place, part: Part): number {
    let node: unknown = this.document.contents;
    let offset = start(node) ?? 0;
    for (const [i, step] of place.entries()) {
      const resolved = this.resolved(node);
      if (isSeq(resolved)) {
        node = resolved.items[Number(step)];
        offset = start(node) ?? offset;
      } else if (isMap(resolved)) {
        const pair = this.pairOf(resolved.items, String(step));
        if (!pair) return offset;
        node = pair.value;
        const isLast = i === place.length - 1;
        offset = (isLast && part === 'key' ? start(pair.key) : (start(node) ?? start(pair.key))) ?? offset;
      } else return offset;
    }
    return offset;
  }

  private pairOf(items: readonly Pair[], name: string): Pair | undefined {
    const own = items.find(({ key }) => isScalar(key) && String(key.value) === name);
    if (own) return own;
    for (const { key, value } of items) {
      if (!isScalar(key) || key.value !== '<<') continue;
      const merged = this.resolved(value);
      for (const source of isSeq(merged) ? merged.items : [merged]) {
        const map = this.resolved(source);
        const found = isMap(map) && this.pairOf(map.items, name);
        if (found) return found;
      }
    }
    return undefined;
  }

  private resolved(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.document) : node;
  }
}

function start(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

function isDeeperThan(levels: number, data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return false;
  return levels === 0 || Object.values(data).some((member) => isDeeperThan(levels - 1, member));
}

/** Whether a number was written with digits that are lost. */
function isInexact({ value, source, type }: Scalar): boolean {
  if (typeof value !== 'number' || type !== 'PLAIN') return false;
  if (!Number.isFinite(value)) return true;
  const digits = (source ?? '').replace(/[eE].*$/, '').replace(/^[-+0.]+|[-+._]/g, '');
  return Number.isInteger(value) ? !Number.isSafeInteger(value) : digits.length > 15;
}
