import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Brands, type Brand } from '#libs/brands';
import { openDatabase, type Database } from '#libs/database';
import { Topic, instantFromMs, type Instant } from '#libs/events';
import { PLATFORM } from '#libs/nest';
import { type Platform } from '#libs/runtime';
import { clientOf, isBrowser } from './caller.js';
import { ClickLookup } from './click-lookup.js';
import { MicroBatches, type MicroBatchLimits } from './micro-batches.js';
import { PixelSettings } from './pixel-settings.js';
import type { Edge } from './raw-event-of.js';
import { Receipts } from './receipts.js';
import { misdirected } from './refusal.js';

/** Four batches under way gave the most calls per second on two cores; from two on a call costs the same. */
const LIMITS: MicroBatchLimits = {
  maxRecords: 1_000,
  maxBytes: 512 * 1024,
  lingerMs: 3,
  maxInFlight: 4,
  maxPending: 20_000,
  maxPendingBytes: 32 * 1024 * 1024,
  timeoutMs: 10_000,
};

/** The routes, as metrics name them. */
export type Endpoint = 'convert' | 'convert_batch' | 'click' | 'clicks' | 'postback' | 'other';

/** What every endpoint does with a call: brand, edge, log, metrics. */
@Injectable()
export class Intake implements OnApplicationShutdown {
  readonly batches: MicroBatches;
  readonly clicks: ClickLookup;
  private readonly receipts = new Receipts(randomBytes);
  private last = { ms: NaN, instant: '' };
  private readonly ownDatabase: Database | undefined;

  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(PixelSettings) private readonly settings: PixelSettings,
    @Inject(Brands) private readonly brands: Brands,
  ) {
    const { metrics, logger, eventLog } = platform;
    this.batches = new MicroBatches((records) => eventLog.publish(Topic.rawEvents, records), LIMITS, {
      pending: (events) => metrics.ingressInFlight.set(events),
      acknowledged: (ms) => metrics.ingressPublishSeconds.observe(ms / 1_000),
      failed: ({ reason, cause }) =>
        logger.warn({ reason, error: cause }, 'a batch was not acknowledged; its calls got 503'),
    });
    // Connects at the first test call: the hot path and readiness do without.
    if (!platform.database && platform.databaseUrl !== undefined) {
      this.ownDatabase = openDatabase(platform.databaseUrl, 'pixel-ingress', logger);
    }
    this.clicks = new ClickLookup(platform.database ?? this.ownDatabase, (error) =>
      logger.warn({ error }, 'the click of a test call could not be looked up'),
    );
  }

  /** @throws Refusal 421 (RFC 9110, 15.5.20) where no brand takes the host */
  brandOf(request: IncomingMessage): Brand {
    const brand = this.brands.of(request.headers.host);
    if (!brand) throw misdirected();
    return brand;
  }

  /** What the edge adds to one event of the call. */
  edgeOf(request: IncomingMessage, brand: Brand, nowMs: number): Edge {
    const browser = isBrowser(request.headers);
    return {
      brand: brand.name,
      source: browser ? 'pixel-browser' : 'pixel-server',
      receivedAt: this.instantOf(nowMs),
      receiptId: this.receipts.next(nowMs),
      client: browser ? clientOf(request, this.settings.TRUST_PROXY_HOPS) : undefined,
    };
  }

  /** What the edge adds to a partner's call. */
  stampOf(nowMs: number): { receivedAt: Instant; receiptId: string } {
    return { receivedAt: this.instantOf(nowMs), receiptId: this.receipts.next(nowMs) };
  }

  /** Calls of one millisecond share its text: making it costs as much as a receipt. */
  private instantOf(nowMs: number): Instant {
    if (this.last.ms !== nowMs) this.last = { ms: nowMs, instant: instantFromMs(nowMs) };
    return this.last.instant;
  }

  /** The receipt of a further event of the call. */
  nextEdge(edge: Edge, nowMs: number): Edge {
    return { ...edge, receiptId: this.receipts.next(nowMs) };
  }

  count(endpoint: Endpoint, outcome: string): void {
    this.platform.metrics.ingressRequests.inc({ endpoint, outcome });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.ownDatabase?.close();
  }
}
