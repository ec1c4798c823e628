import { readFileSync } from 'node:fs';
import { parseCanonicalEvent, serializeCanonicalEvent, type CanonicalEvent } from '#libs/events';
import type { Ga4Row } from '#libs/ga4';
import { DAILY, fixtureRows, ga4, mapRow } from '#test/ga4-rows';

const compiled = ga4({
  conversions: [
    {
      event: 'registration',
      when: { event_name: { equals: 'generate_lead' } },
      fields: { player_id: 'params.form_identifier' },
    },
  ],
});

function eventsOf(row: Ga4Row): CanonicalEvent[] {
  const { events, rejections, warnings } = mapRow(row, DAILY, compiled);
  expect([rejections, warnings]).toEqual([[], []]);
  return events;
}

describe('real rows', () => {
  const web = fixtureRows('web_events_2023');
  const sample = fixtureRows('sample_ecommerce_2020-11-01_2020-12-15');

  it('of a web shop are made into what was written down of them', () => {
    const expected = readFileSync('test/fixtures/ga4/web_events_2023.events.jsonl', 'utf8')
      .trim()
      .split('\n');
    const made = web.map((row) =>
      eventsOf(row).map(({ event_id: _event, received_at: _received, ...event }) => event),
    );
    expect(made).toEqual(expected.map((line) => JSON.parse(line) as unknown));
  });

  it("of Google's sample are touches by these sources", () => {
    const touches: Record<string, number> = {};
    for (const event of sample.flatMap(eventsOf)) {
      const scope = event.natural_key.endsWith('|first_touch') ? 'first' : 'session';
      const name = `${scope} ${event.utm?.['source'] ?? '?'} / ${event.utm?.['medium']}: ${event.custom?.['channel_group'] as string}`;
      touches[name] = (touches[name] ?? 0) + 1;
    }
    expect(touches).toEqual({
      'session (direct) / (none): Direct': 44,
      'session shop.googlemerchandisestore.com / referral: Referral': 28,
      'session google / organic: Organic Search': 12,
      'session ? / referral: Referral': 4,
      'session google / cpc: Paid Search': 3,
      'session bing / organic: Organic Search': 1,
      'session 5a3df75eee945dbbec5671501c8c506d.safeframe.googlesyndication.com / referral: Referral': 1,
      'first (direct) / (none): Direct': 24,
      'first google / organic: Organic Search': 15,
      'first ? / referral: Referral': 7,
      'first shop.googlemerchandisestore.com / referral: Referral': 3,
      'first google / cpc: Paid Search': 2,
    });
  });

  it('of no interest make nothing, and all others are canonical events', () => {
    for (const row of [...web, ...sample]) {
      const events = eventsOf(row);
      if (!compiled.isRelevant(row)) expect(events).toEqual([]);
      for (const event of events) expect(parseCanonicalEvent(serializeCanonicalEvent(event))).toEqual(event);
    }
  });
});
