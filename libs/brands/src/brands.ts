import type { TrackingLink } from './tracking-link.js';

/** What a brand takes in by pixels. */
export interface BrandRules {
  /** Upper case. */
  currencies: ReadonlySet<string>;
  /** How old a caller's `time` may be, milliseconds; undefined: any age. */
  maxAgeMs: number | undefined;
}

/** A link of ours that visitors click. */
export interface Link {
  name: string;
  url: TrackingLink;
  /** source, medium, campaign: stand where the click has none. */
  utm: Readonly<Record<string, string>>;
}

export interface Brand extends BrandRules {
  name: string;
  /** Lower case, without port; empty: every host that no other brand takes. */
  hosts: readonly string[];
  /** How far before a conversion a touch may lie, days of 24 hours; undefined: as far as by default. */
  lookBackDays: number | undefined;
  links: ReadonlyMap<string, Link>;
}

export const DEFAULT_CURRENCIES = ['EUR', 'USD', 'GBP'];

/** Without a file: one brand that takes every host and has no links. */
export const DEFAULT_BRAND: Brand = {
  name: 'default',
  hosts: [],
  lookBackDays: undefined,
  currencies: new Set(DEFAULT_CURRENCIES),
  maxAgeMs: undefined,
  links: new Map(),
};

/** The brands by their hosts: the host alone decides, so that no later fact can move an event. */
export class Brands {
  private readonly byHost = new Map<string, Brand>();
  private readonly rest: Brand | undefined;

  constructor(readonly all: readonly Brand[]) {
    for (const brand of all) for (const host of brand.hosts) this.byHost.set(host, brand);
    this.rest = all.find((brand) => brand.hosts.length === 0);
  }

  /** @param host the Host header, with or without port, in any case; undefined where there is none */
  of(host: string | undefined): Brand | undefined {
    if (this.byHost.size === 0) return this.rest;
    return this.byHost.get(hostName(host ?? '')) ?? this.rest;
  }
}

/** A host's name in lower case, without port and without a root's dot. */
export function hostName(host: string): string {
  return host.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase();
}
