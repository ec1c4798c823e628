import { readFileSync } from 'node:fs';
import { Duration } from 'luxon';
import { LineCounter, isMap, isScalar, isSeq, parseDocument, type Node, type YAMLMap } from 'yaml';
import { Brands, DEFAULT_BRAND, DEFAULT_CURRENCIES, hostName, type Brand, type Link } from './brands.js';
import { TrackingLink } from './tracking-link.js';

/** The brands, or what is wrong with their file. */
export type ReadBrands = { brands: Brands } | { problems: string[] };

/** Reads `PIXEL_BRANDS_FILE`; without one there is the brand `default`. */
export function readBrandsFile(path: string | undefined): ReadBrands {
  if (path === undefined) return { brands: new Brands([DEFAULT_BRAND]) };
  try {
    return parseBrands(readFileSync(path, 'utf8'), path);
  } catch (e) {
    const code = (e as NodeJS.ErrnoException).code;
    if (code === undefined) throw e;
    return { problems: [`PIXEL_BRANDS_FILE cannot be read: ${path} (${code})`] };
  }
}

/** Reads the YAML text. Every problem is named with the file's line and column. */
export function parseBrands(text: string, path: string): ReadBrands {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problems: string[] = [];
  const at = (offset: number, message: string): void => {
    const { line, col } = lines.linePos(offset);
    problems.push(`${path}:${line}:${col}: ${message}`);
  };
  for (const e of document.errors) at(e.pos[0], e.message.split('\n')[0]!.replace(/ at line .*$/, ''));
  if (problems.length > 0) return { problems };
  const brands = new BrandsReader(at).read(document.contents);
  return problems.length > 0 ? { problems } : { brands: new Brands(brands) };
}

const CURRENCY = /^[a-z][a-z0-9]{2,9}$/i;
const HOST = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$|^\[[0-9a-f:.]+\]$/;
const BRAND = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const LINK = /^[A-Za-z0-9._~-]{1,128}$/;
const MAX_LOOK_BACK_DAYS = 365;
const LABEL = /^[^\p{Cc}\p{Cs}]{1,512}$/u;

class BrandsReader {
  private readonly hosts = new Map<string, string>();
  private readonly links = new Map<string, string>();

  constructor(private readonly at: (offset: number, message: string) => void) {}

  read(root: unknown): Brand[] {
    const brands = this.entries(root, 'the file', ['brands']).get('brands');
    if (brands === undefined) {
      if (isMap(root)) this.wrong(root, 'the file must have the key brands');
      return [];
    }
    const read = [...this.entries(brands, 'brands')].map(([name, node]) => this.brand(name, node, brands));
    if (read.length === 0) this.wrong(brands, 'brands must name at least one brand');
    const open = read.filter((brand) => brand.hosts.length === 0).map((brand) => brand.name);
    if (open.length > 1) {
      this.wrong(brands, `only one brand may be without hosts, to take the rest: ${open.join(', ')}`);
    }
    return read;
  }

  private brand(name: string, node: unknown, brands: unknown): Brand {
    if (!BRAND.test(name)) {
      this.wrong(node ?? brands, `brand ${name}: a name has up to 64 of a-z, 0-9, _ and -`);
    }
    const empty = isScalar(node) && node.value === null;
    const keys = ['hosts', 'currencies', 'max_age', 'look_back_days', 'links'];
    const fields = empty ? new Map<string, unknown>() : this.entries(node, `brand ${name}`, keys);
    const currencies = this.texts(fields.get('currencies'), 'currencies', (text) =>
      CURRENCY.test(text) ? undefined : 'must be a currency code, as usd',
    );
    return {
      name,
      hosts:
        this.texts(fields.get('hosts'), 'hosts', (host) => this.hostProblem(host, name))?.map(hostName) ?? [],
      currencies: new Set((currencies ?? DEFAULT_CURRENCIES).map((code) => code.toUpperCase())),
      maxAgeMs: this.duration(fields.get('max_age')),
      lookBackDays: this.days(fields.get('look_back_days')),
      links: this.linksOf(name, fields.get('links')),
    };
  }

  private hostProblem(given: string, brand: string): string | undefined {
    const host = hostName(given);
    if (!HOST.test(host) || host !== given.toLowerCase())
      return 'must be a host name, without port or scheme';
    const other = this.hosts.get(host);
    this.hosts.set(host, brand);
    return other === undefined ? undefined : `is taken by brand ${other} already`;
  }

  private duration(node: unknown): number | undefined {
    if (node === undefined) return undefined;
    const text = this.text(node, 'max_age');
    const ms = Duration.fromISO(text ?? '').toMillis();
    if (text !== undefined && !(ms > 0)) this.wrong(node, 'max_age must be an ISO 8601 duration, as P90D');
    return ms;
  }

  private days(node: unknown): number | undefined {
    if (node === undefined) return undefined;
    const days = isScalar(node) ? Number(node.source) : NaN;
    if (Number.isInteger(days) && days >= 1 && days <= MAX_LOOK_BACK_DAYS) return days;
    return void this.wrong(node, `look_back_days must be a whole number from 1 to ${MAX_LOOK_BACK_DAYS}`);
  }

  private linksOf(brand: string, node: unknown): Map<string, Link> {
    const links = new Map<string, Link>();
    if (node === undefined) return links;
    for (const [name, value] of this.entries(node, 'links')) {
      if (!LINK.test(name)) {
        this.wrong(value, `link ${name}: a name has up to 128 letters, digits, dots, hyphens, _ and ~`);
      }
      const other = this.links.get(name);
      if (other !== undefined) this.wrong(value, `link ${name} is one of brand ${other} already`);
      this.links.set(name, brand);
      const link = this.link(name, value);
      if (link) links.set(name, link);
    }
    return links;
  }

  private link(name: string, node: unknown): Link | undefined {
    const labels = ['source', 'medium', 'campaign'];
    const fields = this.entries(node, `link ${name}`, ['url', ...labels]);
    const utm: Record<string, string> = {};
    for (const label of labels.filter((l) => fields.has(l))) {
      const text = this.text(fields.get(label), label);
      if (text !== undefined && !LABEL.test(text))
        this.wrong(fields.get(label), `${label} must be short text`);
      if (text !== undefined) utm[label] = text.normalize('NFC');
    }
    if (!fields.has('url')) return void this.wrong(node, `link ${name} must have a url`);
    const text = this.text(fields.get('url'), 'url');
    if (text === undefined) return undefined;
    const url = TrackingLink.parse(text);
    if (typeof url === 'string') return void this.wrong(fields.get('url'), `url ${url}`);
    return { name, url, utm };
  }

  private texts(
    node: unknown,
    what: string,
    problem: (text: string) => string | undefined,
  ): string[] | undefined {
    if (node === undefined) return undefined;
    if (!isSeq(node) || node.items.length === 0) {
      return void this.wrong(node, `${what} must be a list of at least one`);
    }
    return node.items.flatMap((item) => {
      const text = this.text(item, `an item of ${what}`);
      const wrong = text === undefined ? undefined : problem(text);
      if (wrong !== undefined) this.wrong(item, `${text} in ${what} ${wrong}`);
      return text === undefined ? [] : [text];
    });
  }

  private text(node: unknown, what: string): string | undefined {
    if (isScalar(node) && typeof node.value === 'string') return node.value;
    if (isScalar(node) && typeof node.value === 'number') return node.source ?? String(node.value);
    return void this.wrong(node, `${what} must be text`);
  }

  private entries(node: unknown, what: string, keys?: readonly string[]): Map<string, unknown> {
    const found = new Map<string, unknown>();
    if (!isMap(node)) {
      this.wrong(node, `${what} must have keys and values`);
      return found;
    }
    for (const { key, value } of (node as YAMLMap<Node, Node | null>).items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (keys && !keys.includes(name)) this.wrong(key, `unknown key ${name} (known: ${keys.join(', ')})`);
      else found.set(name, value);
    }
    return found;
  }

  private wrong(node: unknown, message: string): void {
    this.at((node as Node | null | undefined)?.range?.[0] ?? 0, message);
  }
}
