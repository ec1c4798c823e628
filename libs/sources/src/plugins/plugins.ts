import type { JsonObject } from '../json.js';
import { shopify_refund_totals } from './shopify-refund-totals.js';

/**
 * Makes of a record the one that is mapped, where paths and conversions cannot say it. Pure, and leaves the given one as
 * it is: what was received stays on `raw-events`. What it cannot read it gives on unchanged, for the mapping to refuse.
 */
export type RecordPlugin = (record: JsonObject) => JsonObject;

/** Every plug-in, by the name that a stream's `plugin` says. */
export const PLUGINS = { shopify_refund_totals } satisfies Record<string, RecordPlugin>;

export type PluginName = keyof typeof PLUGINS;
