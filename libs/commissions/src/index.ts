export type * from './agreement.js';
export type * from './model.js';
export { checkDeals, type ReadDeal } from './loading/check-deals.js';
export { DEAL_SCHEMA } from './loading/deal-schema.js';
export { parseDealFile, type ParsedDeal } from './loading/parse-deal-file.js';
export { countOf } from './activity-of-facts.js';
export type * from './basis.js';
export { computePlayer } from './compute-player.js';
export { coverageOf, runOf, type Acquisition, type MatchedBy } from './cover.js';
export { cpaOf, type CpaDecision } from './cpa.js';
export { DealError, dealOf, hashOf } from './deal-of.js';
export { canonical, decimal, roundLine, sumOf } from './decimal.js';
export { factChanges, isUnchanged, type Fact, type FactChanges, type FactKind } from './fact.js';
export { sumFacts } from './facts.js';
export { readEcbCsv } from './fx/ecb-csv.js';
export { readEcbXml } from './fx/ecb-xml.js';
export type { ReadRates, WrongRate } from './fx/published-rates.js';
export { MAX_RATE_AGE_DAYS, fxFactors, provisionalFactors, type FxRate } from './fx-factors.js';
export { isActive, ngrOf, type Deduction, type NgrSteps } from './ngr.js';
export {
  END_OF_TIME,
  boundsOf,
  daysOf,
  lastBegun,
  nextPeriod,
  periodOf,
  periodsOfDay,
  previousPeriod,
  startOfDay,
  type Bounds,
} from './periods.js';
export { reckonAgain, type KnownMonth } from './reckon-again.js';
export { shareOf, type Share } from './scale.js';
export { isPerPlayer, sharesRevenue, type SharingPlan } from './plan-parts.js';
export { planAt, segmentsOf } from './segments.js';
export { settleMonths, type SettledMonth } from './settle-months.js';
export { LINE_ORDER, isIntact, statementOf, type Booked, type StatementContent } from './statement.js';
