import { attribution } from '#apps/attribution';
import { commissions } from '#apps/commissions';
import { consoleApp } from '#apps/console';
import { ga4Poller } from '#apps/ga4-poller';
import { httpPoller } from '#apps/http-poller';
import { normalizer } from '#apps/normalizer';
import { pixelIngress } from '#apps/pixel-ingress';
import { pubsubBridge } from '#apps/pubsub-bridge';
import type { App } from '#libs/runtime';

/** Every app, in the order in which they start and stop: those that take work in come first. */
export const ALL_APPS: readonly App[] = [
  pixelIngress,
  httpPoller,
  ga4Poller,
  pubsubBridge,
  normalizer,
  attribution,
  commissions,
  consoleApp,
];
