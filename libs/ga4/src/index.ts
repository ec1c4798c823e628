export { channelGroup, type TrafficNames } from './channel-group.js';
export { CLICK_ID_NAMES, clickIdsOf, type ClickIdName, type ClickIds } from './click-ids.js';
export { compileGa4, type CompiledGa4, type WrittenRecord, type WrittenRow } from './compile-ga4.js';
export type { ToldConversion } from './retraction.js';
export { SELECTED_COLUMNS, type Ga4Row } from './row.js';
export { SHARD_KINDS, bestShards, shardVersion, type Shard, type ShardKind } from './shard.js';
