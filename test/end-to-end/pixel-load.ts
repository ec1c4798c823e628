import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '#test/until';
import { visitorCalls, type PixelCall } from './visitor-calls.js';

/** A call that was answered 202. */
export interface Accepted {
  call: PixelCall;
  receipt: string;
}

/** An answer that is not 202. */
export interface Refused {
  status: number;
  retryAfter: string | undefined;
}

interface Answer extends Refused {
  receipt: string | undefined;
}

const CALLS_PER_SECOND = 50;
const MAX_UNDER_WAY = 64;
const ANSWER_LIMIT_MS = 20_000;
const NEXT_TARGET_MS = 20;

/**
 * Visitors' pixel calls at a steady pace over kept-alive connections, spread over every ingress. As behind a
 * load balancer, a call whose connection is refused or cut goes to the next ingress, and one that is answered
 * 503 comes again after the time it was told; so every call is answered 202 in the end, unless it is refused.
 */
export class PixelLoad {
  readonly accepted: Accepted[] = [];
  readonly refused: Refused[] = [];
  /** Codes of connections that ended without an answer. */
  readonly cut: string[] = [];
  private readonly agent = new Agent({ keepAlive: true, maxSockets: MAX_UNDER_WAY });
  private readonly calls: Iterator<PixelCall>;
  private readonly underWay = new Set<Promise<void>>();
  private readonly timer: NodeJS.Timeout;
  private turn = 0;
  private failure: Error | undefined;

  /**
   * @param targets base URLs of every ingress that is thought to be there now
   * @param world tells visitors of one load from those of another
   */
  constructor(
    private readonly targets: () => readonly string[],
    world: number,
  ) {
    this.calls = visitorCalls(world);
    this.timer = setInterval(() => this.next(), 1_000 / CALLS_PER_SECOND);
  }

  /** Resolves when this many more calls have been accepted. */
  async progress(calls = 40): Promise<void> {
    const goal = this.accepted.length + calls;
    await until('calls are accepted', () => {
      if (this.failure) throw this.failure;
      return this.accepted.length >= goal;
    });
  }

  /** Makes no new calls; resolves when those under way are accepted. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.underWay);
    this.agent.destroy();
    if (this.failure) throw this.failure;
  }

  private next(): void {
    if (this.underWay.size >= MAX_UNDER_WAY) return;
    const { value: call } = this.calls.next() as { value: PixelCall };
    const sending = this.sendUntilAccepted(call).then(
      () => void this.underWay.delete(sending),
      (error: Error) => {
        this.failure ??= error;
        this.underWay.delete(sending);
      },
    );
    this.underWay.add(sending);
  }

  private async sendUntilAccepted(call: PixelCall): Promise<void> {
    for (;;) {
      const targets = this.targets();
      const answer = await this.send(call, targets[this.turn++ % targets.length]!);
      if (typeof answer === 'string') {
        this.cut.push(answer);
        await sleep(NEXT_TARGET_MS);
      } else if (answer.status === 202) {
        this.accepted.push({ call, receipt: answer.receipt! });
        return;
      } else {
        this.refused.push({ status: answer.status, retryAfter: answer.retryAfter });
        if (answer.status !== 503) throw new Error(`${call.path} was answered ${answer.status}`);
        await sleep(Number(answer.retryAfter ?? 1) * 1_000);
      }
    }
  }

  /** @returns the answer, or the code of the connection's end */
  private send(call: PixelCall, target: string): Promise<Answer | string> {
    return new Promise((resolve) => {
      const { agent } = this;
      const headers = { ...call.headers, ...(call.body && { 'content-type': 'application/json' }) };
      const options = { agent, method: call.body ? 'POST' : 'GET', headers, timeout: ANSWER_LIMIT_MS };
      const outgoing = request(target + call.path, options, (response) => {
        const header = (name: string): string | undefined => response.headers[name]?.toString();
        response
          .resume()
          .once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
        response.once('end', () =>
          resolve({
            status: response.statusCode!,
            receipt: header('x-receipt-id'),
            retryAfter: header('retry-after'),
          }),
        );
      });
      outgoing.once('timeout', () => outgoing.destroy(new Error('no answer in time')));
      outgoing.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      outgoing.end(call.body);
    });
  }
}
