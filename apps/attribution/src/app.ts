import { databaseOf, type App } from '#libs/runtime';
import { readBrands, storeLookBacks } from './brand-settings.js';

/** Canonical events → facts, projections, the visible rows; dead letters → their table. */
export const attribution: App = {
  name: 'attribution',
  needsDatabase: true,
  checkSettings: readBrands,
  async start(platform) {
    const brands = readBrands(platform.environment);
    if (brands) await storeLookBacks(databaseOf(platform), brands);
    // Nest is loaded by who starts the app: commands use the functions below alone
    return (await import('./attribution-module.js')).startAttribution(platform);
  },
};

export { ATTRIBUTION_MODELS, type AttributionModelName } from './models/attribution-models.js';
export { creditConversions } from './models/credit-conversions.js';
export { CREDIT_KEYS, type CreditKey, type CreditRow } from './models/credit-report.js';
export { CONVERSION_SCALE, shareOut, type Credit } from './models/share-out.js';
export { rebuild, type RebuildProgress } from './rebuild.js';
export { conversionIdOf, conversionKeyOf } from './conversion-key.js';
export { factsOfEvents, type Facts } from './facts-of-events.js';
export { IdentityGraph, distinctIdentities, endsOf, identityKey, namedBy } from './identity-graph.js';
export { IdentityReader } from './identity-reader.js';
export { Journeys, type Destination, type Step } from './journeys.js';
export {
  FACT_ORDERS,
  FIELD_ORDERS,
  TRUST_NAMES,
  reasonsOf,
  trustedAs,
  type FactOrder,
  type MergedField,
} from './merge-rules.js';
export { knowsWhose, mergeFacts, resolveConversion, type MergedFacts } from './resolve-conversion.js';
export { resolveReturns, type Returned } from './resolve-returns.js';
