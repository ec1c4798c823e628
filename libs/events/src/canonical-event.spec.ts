import { EXAMPLE_RECORDS } from '#test/example-entities';
import { canonicalEventKey, serializeCanonicalEvent, type ClickEvent } from './canonical-event.js';
import type { EntityEvent } from './entities/entity-event.js';
import { rawEventKey } from './raw-event.js';

const click: ClickEvent = {
  kind: 'click',
  event_id: 'e1',
  source: 'pixel-server',
  stream: 'click',
  brand: 'spacevegas',
  natural_key: 'k1',
  occurred_at: '2026-11-21T09:00:00.000000Z',
  received_at: '2026-11-21T10:00:00.000000Z',
  click_id: 'c1',
};

describe('canonicalEventKey', () => {
  it.each([
    ['its player', { player_id: 'p1' }, 'spacevegas|p1'],
    ['its click', {}, 'c1'],
    ['its client', { click_id: undefined, client_id: 'g1' }, 'g1'],
    ['its natural key', { click_id: undefined }, 'k1'],
  ])('is that of %s', (_what, change, expected) => {
    expect(canonicalEventKey({ ...click, kind: 'install', ...change })).toBe(expected);
  });

  it.each([
    ['player', 'spacevegas|1874552'],
    ['contact', 'spacevegas|1874552'],
    ['bet', 'spacevegas|1874552'],
    ['bet_selection', 'spacevegas|p0'],
    ['tournament', 'spacevegas|p0'],
  ] as const)('of a %s is that of the player of its record, else of the event', (kind, expected) => {
    const event = { ...click, player_id: 'p0', kind, record: EXAMPLE_RECORDS[kind] } as EntityEvent;
    expect(canonicalEventKey(event)).toBe(expected);
  });
});

describe('serializeCanonicalEvent', () => {
  it('moves id, source, natural key and received time to the envelope, and leaves out what is undefined', () => {
    expect(JSON.parse(serializeCanonicalEvent({ ...click, link: undefined }))).toEqual({
      specversion: '1.0',
      id: 'e1',
      source: 'pixel-server',
      type: 'tributary.event.v1',
      subject: 'k1',
      time: '2026-11-21T10:00:00.000000Z',
      data: {
        kind: 'click',
        stream: 'click',
        brand: 'spacevegas',
        occurred_at: '2026-11-21T09:00:00.000000Z',
        click_id: 'c1',
      },
    });
  });
});

describe('rawEventKey', () => {
  it('is source and natural key', () => {
    expect(rawEventKey('pixel-server', 'k')).toBe('pixel-server|k');
  });
});
