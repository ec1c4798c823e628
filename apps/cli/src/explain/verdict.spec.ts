import { callVerdict, conversionVerdict } from './verdict.js';
import type { Call } from './read-calls.js';
import type { RetractionStory } from './retraction-story.js';
import type { ConversionStory, StoredRow } from './conversion-story.js';

const row = (own: Partial<StoredRow>): StoredRow =>
  ({
    conversion_key: 'tx:1',
    click_id: 'c1',
    attributed: true,
    first_touch_source: 'newsletter',
    first_touch_medium: null,
    first_touch_campaign: 'autumn',
    last_touch_source: 'newsletter',
    last_touch_medium: null,
    last_touch_campaign: 'autumn',
    ...own,
  }) as StoredRow;
const retraction = (first_received_at: string | null): RetractionStory =>
  ({ source: 'ga4', first_received_at }) as RetractionStory;
const story = (own: Partial<ConversionStory>): ConversionStory => ({
  conversion_id: 'x',
  brand: 'b',
  type: 'deposit',
  conversion_key: 'event:x',
  facts: [{} as ConversionStory['facts'][number]],
  ...{
    retractions: [],
    returns: [],
    paired_with: null,
    pairs: [],
    row: row({}),
    is_settled: true,
    fields: [],
    conflicts: [],
  },
  ...{ first_deposit: null, person: null, journey: null, credits: [], ...own },
});

test.each<[string, Partial<ConversionStory>, RegExp]>([
  ['without a row', { row: null }, /row is being made/],
  ['that is part of another', { paired_with: 'y' }, /no row of its own: it is the same deposit as tx:1/],
  ['attributed by one touch', {}, /attributed to click c1: first and last touch newsletter \/ autumn\.$/],
  [
    'attributed by several',
    { row: row({ last_touch_source: null, last_touch_campaign: null }) },
    /first touch newsletter \/ autumn, last touch of unknown origin\.$/,
  ],
  ['whose click nobody told of', { row: row({ attributed: false }) }, /nobody has told of click c1 yet/],
  [
    'that nobody tells of any more',
    { facts: [], row: null, retractions: [retraction('2026-11-21T10:00:00.000000Z')] },
    /^Nobody tells of it any more: ga4 took it back\. It has no row/,
  ],
  [
    'that was retracted before it was told',
    { facts: [], row: null, retractions: [retraction(null)] },
    /^Nobody has told of it yet: its source took it back before/,
  ],
  ['that nobody told of', { facts: [], row: null }, /taken back before/],
  ['whose row is being made again', { is_settled: false }, /more than its row by now/],
  ['without any click', { row: row({ attributed: false, click_id: null }) }, /it names no click/],
])('a conversion %s', (_, own, expected) => {
  expect(conversionVerdict(story(own))).toMatch(expected);
});

test.each<[Call['receipt']['state'], Record<string, number> | null, RegExp | undefined]>([
  ['pending', { normalizer: 3, attribution: 0 }, /Still to be read: 3 records by normalizer\.$/],
  ['pending', { normalizer: 0 }, /given by another installation/],
  ['dead_letter', null, /stopped as a dead letter/],
  ['test', null, /It is a test/],
  ['duplicate', null, /it changed nothing/],
  ['stored', null, /no longer keeps its raw event/],
])('a call that is %s, behind %j', (state, behind, expected) => {
  const receipt = { receipt_id: 'r', received_at: '', state, event_id: null };
  const call: Call = { receipt, brand: null, kind: null, source: null, raw: null, events: [] };
  expect(callVerdict(call, behind)).toMatch(expected!);
});
