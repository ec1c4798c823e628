import type { AskedRequest, ScriptedAnswer } from '#test/partners/scripted-partner';
import type { Transaction } from './partner-river.js';

const HOUR_MS = 3_600_000;

/** What it does to a request, and to how many of a thousand. */
const FAULTS = {
  internal: 8,
  'bad-gateway': 8,
  unavailable: 8,
  limited: 8,
  reset: 8,
  cut: 8,
  html: 8,
  'too-long': 8,
  'too-short': 8,
  slow: 20,
  'lying-total': 15,
  silent: 1,
} as const;
/** The same of pages behind the first one. */
const FAULTS_OF_PAGES = { repeated: 40, overlapping: 40 } as const;

/** Each of these takes the time that the poller waits for an answer. */
const MOST_SILENT = 2;

export type Fault = keyof typeof FAULTS | keyof typeof FAULTS_OF_PAGES;

/** Those that a test of some length meets for sure. */
export const COMMON_FAULTS = ([...Object.keys(FAULTS), ...Object.keys(FAULTS_OF_PAGES)] as Fault[]).filter(
  (fault) => fault !== 'silent',
);

interface Row extends Transaction {
  isVisible: boolean;
}

/**
 * A partner that tells its transactions hour by hour, ordered by their last change, and does everything wrong that it
 * can: now and then a request fails in one of many ways, a row becomes visible late, or one is amended, also between two
 * pages of its window.
 */
export class MisbehavingPartner {
  /** How often it did what. */
  readonly done = new Map<Fault | 'revealed' | 'amended', number>();
  private readonly windows: Row[][];
  private behaves = false;

  /** @param random from 0 to less than 1 */
  constructor(
    name: string,
    private readonly startMs: number,
    hours: number,
    private readonly pageSize: number,
    private readonly random: () => number,
  ) {
    this.windows = Array.from({ length: hours }, (_, hour) =>
      Array.from({ length: this.upTo(2 * pageSize) }, (_, i) => this.newRow(`${name}-${hour}-${i}`, hour)),
    );
  }

  /** No more faults or changes, and everything is visible. */
  behave(): void {
    this.behaves = true;
    for (const row of this.windows.flat()) row.isVisible = true;
  }

  /** What there is, by id. */
  truth(): Transaction[] {
    const all = this.windows.flat().map(({ isVisible: _, ...row }): Transaction => row);
    return all.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  answer({ query }: AskedRequest): ScriptedAnswer {
    const fromMs = Date.parse(`${query.get('from')}:00:00Z`);
    const page = Number(query.get('page'));
    const window = this.windows[(fromMs - this.startMs) / HOUR_MS] ?? [];
    const answer = this.spoil(this.drawFault(page), window, page);
    if (!this.behaves) this.change(window);
    return answer;
  }

  private spoil(fault: Fault | undefined, window: readonly Row[], page: number): ScriptedAnswer {
    if (fault !== undefined) this.count(fault);
    const honest = this.page(window, page);
    const length = Buffer.byteLength(JSON.stringify(honest));
    switch (fault) {
      case undefined:
        return { json: honest };
      case 'internal':
        return { status: 500 };
      case 'bad-gateway':
        return { status: 502, text: '<html>bad gateway</html>', headers: { 'content-type': 'text/html' } };
      case 'unavailable':
        return { status: 503, json: { message: 'back soon' } };
      case 'limited':
        return { status: 429, headers: { 'retry-after': String(this.upTo(1)) } };
      case 'reset':
      case 'silent':
        return { fault };
      case 'cut':
        return { json: honest, fault };
      case 'html':
        return { text: '<html>Sorry</html>', headers: { 'content-type': 'text/html' } };
      case 'too-long':
        return { json: honest, headers: { 'content-length': String(length - 1 - this.upTo(length - 2)) } };
      case 'too-short':
        return { json: honest, headers: { 'content-length': String(length + 10) }, fault: 'cut' };
      case 'slow':
        return { json: honest, delayMs: this.upTo(50) };
      case 'lying-total':
        return { json: { ...honest, total: Math.max(0, honest.total + (this.random() < 0.5 ? -1 : 1)) } };
      case 'repeated':
        return { json: { ...honest, data: this.page(window, page - 1).data } };
      case 'overlapping':
        return { json: { ...honest, data: [...this.page(window, page - 1).data.slice(-1), ...honest.data] } };
    }
  }

  /** A page as an honest partner gives it. */
  private page(window: readonly Row[], page: number): { data: Transaction[]; total: number; links: object } {
    const visible = window.filter(({ isVisible }) => isVisible);
    const ordered = visible.sort((a, b) => (a.updated_at + a.id < b.updated_at + b.id ? -1 : 1));
    const data = ordered
      .slice((page - 1) * this.pageSize, page * this.pageSize)
      .map(({ isVisible: _, ...row }): Transaction => row);
    const isLast = page * this.pageSize >= ordered.length;
    return { data, total: ordered.length, links: { next: isLast ? null : `?page=${page + 1}` } };
  }

  private drawFault(page: number): Fault | undefined {
    if (this.behaves) return undefined;
    let at = this.random() * 1_000;
    const faults = Object.entries(page > 1 ? { ...FAULTS, ...FAULTS_OF_PAGES } : FAULTS);
    for (const [fault, inThousand] of faults as [Fault, number][]) {
      at -= inThousand;
      if (at >= 0) continue;
      return fault === 'silent' && (this.done.get(fault) ?? 0) >= MOST_SILENT ? undefined : fault;
    }
    return undefined;
  }

  /** What may happen to a window behind any answer. */
  private change(window: readonly Row[]): void {
    const hidden = window.filter(({ isVisible }) => !isVisible);
    if (hidden.length > 0 && this.random() < 0.3) {
      this.count('revealed');
      hidden[this.upTo(hidden.length - 1)]!.isVisible = true;
    }
    if (window.length > 0 && this.random() < 0.15) this.amend(window[this.upTo(window.length - 1)]!);
  }

  private amend(row: Row): void {
    this.count('amended');
    row.updated_at = new Date(Date.parse(row.updated_at) + 1 + this.upTo(HOUR_MS)).toISOString();
    row.amount = this.newAmount();
    row.status = row.status === 'New' ? 'Process' : this.random() < 0.5 ? 'Success' : 'Fail';
    row.comment = `${row.comment}+`;
  }

  private newRow(id: string, hour: number): Row {
    const createdMs = this.startMs + hour * HOUR_MS + this.upTo(HOUR_MS - 1);
    return {
      id,
      player_id: `p${this.upTo(500)}`,
      amount: this.newAmount(),
      status: 'New',
      dir: this.random() < 0.2 ? 'IN' : 'OUT',
      created_at: new Date(createdMs).toISOString(),
      updated_at: new Date(createdMs + this.upTo(60_000)).toISOString(),
      comment: 'v',
      isVisible: this.random() < 0.93,
    };
  }

  /** From 1 to 1000, in hundredths that do not end in 0. */
  private newAmount(): string {
    return `${1 + this.upTo(999)}.${this.upTo(9)}${1 + this.upTo(8)}`;
  }

  /** A whole number from 0 to this one. */
  private upTo(most: number): number {
    return Math.floor(this.random() * (most + 1));
  }

  private count(what: Fault | 'revealed' | 'amended'): void {
    this.done.set(what, (this.done.get(what) ?? 0) + 1);
  }
}
