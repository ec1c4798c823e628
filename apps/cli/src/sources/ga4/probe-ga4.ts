import { instantFromMs, instantToMs, type Instant } from '#libs/events';
import { bestShards } from '#libs/ga4';
import { CommandFailed } from '../../exit-code.js';
import { print, printJson, strong } from '../../print.js';
import { countOf, indented } from '../trial-text.js';
import { dayAt, dayName, wantedDays } from './days.js';
import type { FoundGa4 } from './found-ga4.js';
import { shardText, withGa4, type OpenGa4, type ShardInfo } from './open-ga4.js';
import { judgeShards } from './judge-shards.js';
import { RowFacts } from './row-facts.js';
import { judgeRows } from './judge-rows.js';
import type { Finding } from './finding.js';
import { compileRowTrial } from './try-row.js';

interface Options {
  maxRequests: number;
  from?: Instant;
  watch?: number;
  json?: true;
}

/** Whose shards are looked at. */
const DAYS = 30;

/** `sources probe` of a GA4 source: how late its shards come and change, and what its rows have. */
export function probeGa4(found: FoundGa4, { maxRequests, from, watch, json }: Options): Promise<void> {
  if (watch !== undefined) {
    throw new CommandFailed('--watch is for APIs over HTTP: when a shard changed last, its metadata says');
  }
  return withGa4(found, async (ga4, signal) => {
    const { timezone } = found.source;
    const nowMs = Date.now();
    const today = dayAt(nowMs, timezone);
    const days = wantedDays(
      { ...(from !== undefined && { from, to: instantFromMs(nowMs) }) },
      timezone,
      nowMs,
      DAYS,
    );
    process.stderr.write(`${found.source.name}: shards of ${dayName(days.from)} to ${dayName(days.to)}\n`);
    const shards = await ga4.export.listShards(days.from, days.to, signal);
    const findings = judgeShards(shards, {
      zone: timezone,
      today,
      nowMs,
      pollInterval: found.source.poll_interval,
    });
    const best = bestShards(shards);
    const shard = best.findLast(({ kind }) => kind === 'daily') ?? best.at(-1);
    if (shard) findings.push(...judgeRows(await factsOf(ga4, shard, maxRequests, signal)));
    if (json) printJson(findings);
    else print(findings.map(textOf).join('\n'));
    const wrong = findings.filter((f) => f.verdict === 'wrong').length;
    if (wrong > 0) throw new CommandFailed(`${countOf(wrong, 'answer')} of ${findings.length} wrong`);
  });
}

async function factsOf(
  ga4: OpenGa4,
  shard: ShardInfo,
  maxPages: number,
  signal: AbortSignal,
): Promise<RowFacts> {
  const plan = await ga4.export.plan(shard, signal);
  process.stderr.write(`  rows of ${shardText(shard)}, by ${plan.way}: ${plan.why}\n`);
  const trial = compileRowTrial(ga4.compiled);
  const receivedAt = instantFromMs(instantToMs(shard.modifiedAt));
  const facts = new RowFacts(shard.id);
  let pages = 0;
  for await (const { rows } of ga4.export.read(shard, plan, undefined, signal)) {
    for (const row of rows)
      facts.add(row, ga4.compiled.isRelevant(row) ? trial(row, shard, receivedAt).events : []);
    if (++pages >= maxPages) break;
  }
  return facts;
}

const SIGNS: Record<Finding['verdict'], string> = { ok: '✓', wrong: '✗', 'cannot tell': '?' };

function textOf({ question, verdict, why, advice }: Finding): string {
  const lines = [`${SIGNS[verdict]} ${strong(question)} ${verdict}`, indented(why)];
  return [...lines, ...(advice === undefined ? [] : [indented(advice)])].join('\n');
}
