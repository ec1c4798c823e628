import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { PolledStream } from '#apps/http-poller';
import { RecordEncoder, instantFromMs, instantToMs } from '#libs/events';
import type { MakeSource } from '#libs/polling';
import {
  SliceError,
  advance,
  initialState,
  planSlices,
  type DatetimeSyncDefinition,
  type JsonObject,
  type RecordBatch,
  type Slice,
  type SliceResult,
} from '#libs/sources';

/** A record of the played partner. */
export type PlayedRecord = JsonObject & { id: string };

/** What the partner answers for a window: its records, or a status. */
export type Answer = PlayedRecord[] | number;

/** A call as it came in. */
export interface Call {
  stream: string;
  from: string;
  /** Epoch milliseconds. */
  atMs: number;
}

/** A partner's API on loopback: `/<stream>?from=…` is answered by what the test says. */
export class PlayedPartner {
  readonly calls: Call[] = [];
  /** How many calls of one window were open at once, at most. */
  mostAtOnce = 0;
  private readonly open = new Map<string, number>();

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    readonly answers: Record<string, (from: string) => Answer | Promise<Answer>>,
  ) {
    server.on('request', (request, response) => void this.answer(request, response));
  }

  static async start(
    answers: Record<string, (from: string) => Answer | Promise<Answer>>,
  ): Promise<PlayedPartner> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new PlayedPartner(server, answers);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  callsOf(stream: string): Call[] {
    return this.calls.filter((c) => c.stream === stream);
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, this.url);
    const stream = url.pathname.slice(1);
    const from = url.searchParams.get('from')!;
    const window = `${stream} ${from}`;
    this.calls.push({ stream, from, atMs: Date.now() });
    const open = (this.open.get(window) ?? 0) + 1;
    this.open.set(window, open);
    this.mostAtOnce = Math.max(this.mostAtOnce, open);
    const answer = await this.answers[stream]!(from);
    this.open.set(window, this.open.get(window)! - 1);
    response.statusCode = typeof answer === 'number' ? answer : 200;
    response.end(typeof answer === 'number' ? '' : JSON.stringify(answer));
  }
}

/** A stream of the played partner, as data, so that another process may have it. */
export interface PlayedStream {
  url: string;
  source: string;
  stream: string;
  /** Where history begins (epoch milliseconds). */
  startMs: number;
  stepMs: number;
  pollIntervalMs: number;
  /** So many windows below the watermark are read again with every poll. */
  lookBack?: number;
  /** In the place of all that: windows as a definition has them. */
  sync?: DatetimeSyncDefinition;
}

/** The stream as a poller takes it: windows of time, one page each. */
export function playedStream(p: PlayedStream): PolledStream {
  const { source, stream, stepMs } = p;
  const windowAt = (fromMs: number): Slice => ({
    type: 'datetime',
    from: instantFromMs(fromMs),
    to: instantFromMs(fromMs + stepMs),
  });
  const windows = (fromMs: number, toMs: number): Slice[] =>
    Array.from({ length: Math.max(0, Math.floor((toMs - fromMs) / stepMs)) }, (_, i) =>
      windowAt(fromMs + i * stepMs),
    );
  const encoder = new RecordEncoder({ source, stream, brand: 'b' });
  const watermarkOf = (state: { type: string; watermark?: string }): number => instantToMs(state.watermark!);
  return {
    source,
    stream,
    pollIntervalMs: p.pollIntervalMs,
    definitionHash: 'played',
    slices: {
      initialState: () => ({ type: 'datetime', watermark: instantFromMs(p.startMs), tiers: {} }),
      plan: (state, now) => [
        ...windows(watermarkOf(state), instantToMs(now)),
        ...windows(Math.max(p.startMs, watermarkOf(state) - (p.lookBack ?? 0) * stepMs), watermarkOf(state)),
      ],
      advance: (state, slice) => {
        if (slice.type !== 'datetime' || state.type !== 'datetime') throw new Error('not by time');
        return { ...state, watermark: slice.to > state.watermark ? slice.to : state.watermark };
      },
      behindSince: (state) => (state.type === 'datetime' ? state.watermark : undefined),
      backfill: (from, to) => windows(instantToMs(from), instantToMs(to)),
      ...(p.sync && slicesOf(p.sync)),
    },
    async *read(slice, _urgency, signal): AsyncGenerator<RecordBatch, SliceResult> {
      if (slice.type !== 'datetime') throw new Error('not by time');
      const answer = await fetch(`${p.url}/${stream}?from=${slice.from}`, { signal });
      if (!answer.ok) {
        const reason = answer.status < 500 ? 'config_error' : 'transient_error';
        throw new SliceError(reason, 'http_status', `the partner answered ${answer.status}`, {
          status: answer.status,
        });
      }
      const records = (await answer.json()) as PlayedRecord[];
      for (let i = 0; i < records.length; i += 1000) {
        const page = records.slice(i, i + 1000);
        yield { page: i / 1000 + 1, records: page, receivedAt: instantFromMs(Date.now()) };
      }
      return { pages: Math.ceil(records.length / 1000), read: records.length, selected: records.length };
    },
    encode: (records, receivedAt) =>
      encoder.encode(records, receivedAt, (record) => ({
        naturalKey: record['id'] as string,
        version: undefined,
      })),
    tell: (record) => ({
      events: [{ kind: 'payout', amount: record['amount'] as string | undefined, currency: 'USD' }],
      rejected: record['amount'] === undefined,
    }),
    cursorOf: (record) => record['modified_at'],
  };
}

function slicesOf(
  sync: DatetimeSyncDefinition,
): Pick<PolledStream['slices'], 'initialState' | 'plan' | 'advance'> {
  return {
    initialState: () => initialState(sync),
    plan: (state, now) => planSlices(sync, state, now),
    advance: (state, slice, result, now) => advance(sync, state, slice, result, now),
  };
}

/** All of them as of one definition. */
export function playedSource(streams: readonly PlayedStream[]): MakeSource<PolledStream> {
  const definition = { file: 'played', source: null, streams: [], problems: [], waitsFor: [] };
  return () => ({ definition, streams: streams.map(playedStream) });
}
