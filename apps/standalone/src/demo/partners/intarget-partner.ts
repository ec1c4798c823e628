import { stringify } from 'csv-stringify/sync';
import {
  serveLoopback,
  type LoopbackPartner,
  type PartnerAnswer,
  type PartnerCall,
} from './loopback-partner.js';

/** Paths of a product API, and the field of each by which `from` and `to` choose rows. */
export const INTARGET_ENTITIES = {
  users: 'modified_at',
  contacts: 'modified_at',
  transactions: 'updated_at',
  logins: 'created_at',
  wallets: 'modified_at',
  game_sessions: 'updated_at',
  tournaments: 'dateStart',
  sport_events: 'startTime',
  bets: 'modified_at',
  bet_selections: 'updated_at',
} as const;

export type IntargetEntity = keyof typeof INTARGET_ENTITIES;

/** A row by the names of the product API's document; times are `yyyy-MM-dd HH:mm:ss` in UTC. */
export type IntargetRow = Record<string, string | number | boolean | null>;

export interface IntargetProduct {
  /** Read anew at every call, so that a row can change. */
  rows(entity: IntargetEntity): readonly IntargetRow[];
  format: 'csv' | 'json';
  /** Whether a call shows what it must. */
  authorized(call: PartnerCall): boolean;
}

const TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;

/**
 * Plays a product API to the letter of "Requirements for product API": `GET /api/{entity}?from=…&to=…`, a space as `+`
 * or `%20`, rows whose last modification is at or after `from` and before `to`.
 */
export function playIntarget(product: IntargetProduct): Promise<LoopbackPartner> {
  return serveLoopback((call) => {
    const entity = /^\/api\/(\w+)$/.exec(call.url.pathname)?.[1];
    if (entity === undefined || !(entity in INTARGET_ENTITIES)) return text(404, 'no such endpoint');
    if (!product.authorized(call)) return text(401, 'who are you?');
    const [from, to] = ['from', 'to'].map((name) => call.url.searchParams.get(name) ?? '') as [
      string,
      string,
    ];
    if (!TIME.test(from) || !TIME.test(to)) return text(400, 'from and to must be YYYY-MM-DD HH:MM:SS');
    const rows = product
      .rows(entity as IntargetEntity)
      .filter((row) => within(row, entity as IntargetEntity, from, to));
    return product.format === 'json'
      ? { status: 200, body: JSON.stringify(rows) }
      : { status: 200, type: 'text/csv; charset=utf-8', body: csv(rows) };
  });
}

function within(row: IntargetRow, entity: IntargetEntity, from: string, to: string): boolean {
  const at = String(row[INTARGET_ENTITIES[entity]]);
  return at >= from && at < to;
}

/** A line of names, then a line a row; nothing at all without rows. */
function csv(rows: readonly IntargetRow[]): string {
  if (rows.length === 0) return '';
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return stringify(rows as IntargetRow[], {
    header: true,
    columns,
    cast: { boolean: (value) => String(value) },
  });
}

function text(status: number, body: string): PartnerAnswer {
  return { status, type: 'text/plain', body };
}
