const DAY_MS = 24 * 60 * 60 * 1000;

/** Names of the topics, without the installation's prefix. */
export const Topic = {
  rawEvents: 'raw-events',
  conversionEvents: 'conversion-events',
  deadLetters: 'dead-letters',
  conversions: 'conversions',
} as const;

export type TopicName = (typeof Topic)[keyof typeof Topic];

/** What each topic must be: milliseconds of retention (`null`: kept for ever), compaction. */
export const TOPIC_RETENTION = {
  'raw-events': { retentionMs: 30 * DAY_MS, compacted: false },
  'conversion-events': { retentionMs: 30 * DAY_MS, compacted: false },
  'dead-letters': { retentionMs: 90 * DAY_MS, compacted: false },
  conversions: { retentionMs: null, compacted: true },
} as const satisfies Record<TopicName, { retentionMs: number | null; compacted: boolean }>;

/** Consumer groups, without the installation's prefix. */
export const Group = {
  normalizer: 'normalizer',
  attribution: 'attribution',
  deadLetterStore: 'dead-letter-store',
} as const;
