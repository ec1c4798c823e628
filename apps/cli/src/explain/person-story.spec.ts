import { IdentityGraph, Journeys, type Destination } from '#apps/attribution';
import type { IdentityLinkFact } from '#libs/database';
import { exampleLink, exampleTouch } from '#test/example-facts';
import { creditStories, tellCredits } from './credit-story.js';
import { journeyStory, tellJourney } from './journey-story.js';
import { personStory, tellPerson, wayToPlayer } from './person-story.js';

const on = (day: string): string => `2026-${day}T10:00:00.000000Z`;
const link = (change: Partial<IdentityLinkFact>): IdentityLinkFact => exampleLink('', '', change);
const LINKS = [
  exampleLink('c2', 'p1', { occurred_at: on('11-10') }),
  exampleLink('c1', 'p1', { occurred_at: on('11-12'), registered_at: on('11-12') }),
  link({ left_kind: 'client', left_id: 'ga', right_id: 'p1' }),
  link({ left_id: 'c3', right_kind: 'client', right_id: 'ga' }),
];
const DEPOSIT: Destination = {
  ...{ brand: 'b', player_id: 'p1', click_id: null, client_id: null, user_id: null },
  occurred_at: on('11-21'),
};

it('says who it is, by which links, who said so, and why a click owns the player', () => {
  const naming = {
    brand: 'b',
    click_id: 'c1',
    client_id: null,
    user_id: null,
    player_id: 'p1',
    source: 'crm',
  };
  const person = personStory(new IdentityGraph(LINKS), DEPOSIT, [naming]);
  expect(person).toMatchObject({
    ...{ player_id: 'p1', players: ['p1'], users: [], clients: ['ga'] },
    owner_click: {
      click_id: 'c1',
      because:
        'the player registered with it, 2026-11-12 10:00:00 UTC; the earliest registration decides; 1 more is linked',
    },
  });
  expect(person.clicks.sort()).toEqual(['c1', 'c2', 'c3']);
  const text = tellPerson(person);
  expect(text).toContain('- player p1 registered with click c1, 2026-11-12 10:00:00 UTC, said by crm');
  expect(text).toContain('- client ga was seen with click c3');
});

it('says that without a registration the first seen click decides', () => {
  const person = personStory(new IdentityGraph(LINKS.filter((l) => l.registered_at === null)), DEPOSIT, []);
  expect(person.owner_click).toMatchObject({
    click_id: 'c2',
    because:
      'the first that was seen with the player, 2026-11-10 10:00:00 UTC; no registration names a click; no other click is linked',
  });
});

it('says by which way a conversion that names no player got one', () => {
  expect(wayToPlayer({ brand: 'b', kind: 'click', id: 'c3' })).toBe(
    'it names no player: through its click c3, which the links lead to the player',
  );
});

describe('a journey', () => {
  const journeys = new Journeys(new IdentityGraph(LINKS), [
    exampleTouch('c1', on('11-12'), { utm_source: 'affiliate-42' }),
    exampleTouch('c2', on('11-10'), { utm_source: '(direct)' }),
    exampleTouch('c3', on('11-22')),
    exampleTouch('old', on('10-01'), { click_id: 'c2' }),
  ]);
  const journey = journeyStory(journeys, DEPOSIT, new Map([['c1', 'pixel-browser']]));

  it('has every touch that counts in order, and the others with the reason', () => {
    expect(journey.touches.map((t) => t.touch_id)).toEqual(['c2', 'c1']);
    expect(journey.left_out.map((t) => [t.touch_id, t.because])).toEqual([
      ['old', 'more than 30 days before the conversion'],
      ['c3', 'after the conversion'],
    ]);
    const text = tellJourney(journey);
    expect(text).toContain('2. 2026-11-12 10:00:00 UTC, affiliate-42, told by pixel-browser\n     click c1');
    expect(text).toContain('- left out: 2026-11-22 10:00:00 UTC, s-c3');
  });

  it('goes as far back as the brand says', () => {
    const touches = [exampleTouch('c1', on('11-12')), exampleTouch('c2', on('11-18'))];
    const short = new Journeys(new IdentityGraph(LINKS), touches, new Map([[DEPOSIT.brand, 7]]));
    const story = journeyStory(short, DEPOSIT, new Map());
    expect(story.left_out.map((t) => [t.touch_id, t.because])).toEqual([
      ['c1', 'more than 7 days before the conversion'],
    ]);
    expect(tellJourney(story)).toContain('in the 7 days before it');
  });

  it('tells where the clock of its own click is ahead', () => {
    const own = journeyStory(journeys, { ...DEPOSIT, click_id: 'c3' }, new Map());
    expect(own.touches.map((t) => [t.touch_id, t.at])).toContainEqual(['c3', DEPOSIT.occurred_at]);
    expect(tellJourney(own)).toContain('its clock is ahead: it counts as at the conversion');
  });

  it('is shared out by every model, exactly', () => {
    const row = {
      occurred_at: DEPOSIT.occurred_at,
      net_amount: '25',
      currency: 'USD',
      status: 'pending' as const,
    };
    const credits = creditStories(row, journeys.stepsTo(DEPOSIT));
    expect(credits.map((c) => c.credits)).toEqual([
      {
        first_touch: '25',
        last_touch: '0',
        last_non_direct: '0',
        linear: '12.5',
        position: '12.5',
        time_decay: '11.27',
      },
      {
        first_touch: '0',
        last_touch: '25',
        last_non_direct: '25',
        linear: '12.5',
        position: '12.5',
        time_decay: '13.73',
      },
    ]);
    expect(tellCredits(row, credits)).toContain('counts approved conversions only: this one is pending');
    const whole = creditStories({ ...row, net_amount: null, currency: null }, journeys.stepsTo(DEPOSIT));
    expect(whole.map((c) => c.credits.linear)).toEqual(['0.5', '0.5']);
    expect(tellCredits({ ...row, net_amount: '0' }, credits)).toContain('Nobody earns anything');
  });
});
