import fc from 'fast-check';
import { exampleLink, exampleTouch } from '#test/example-facts';
import { IdentityGraph } from './identity-graph.js';
import { Journeys, type Destination } from './journeys.js';

const at = (text: string): string => `2026-11-${text}.000000Z`;
const NOON = at('21T12:00:00');
const to = (change: Partial<Destination> = {}): Destination => ({
  ...{ brand: 'b', player_id: null, click_id: null, client_id: null, user_id: null, occurred_at: NOON },
  ...change,
});

describe('Journeys.journeyTo', () => {
  it('is empty where nothing is known', () => {
    expect(new Journeys(new IdentityGraph(), []).journeyTo(to({ click_id: 'c' }))).toEqual({
      ...{ first: null, last: null, clickId: 'c', click: undefined, receivedAt: undefined },
    });
    expect(new Journeys(new IdentityGraph(), []).journeyTo(to()).clickId).toBeNull();
  });

  it.each([
    ['30 days before', '2026-10-22T12:00:00.000000Z', true],
    ['30 days and a microsecond before', '2026-10-22T11:59:59.999999Z', false],
    ['at the same instant', NOON, true],
    ['a microsecond behind', '2026-11-21T12:00:00.000001Z', false],
  ])('counts a touch of its player %s: %s → %s', (_what, occurred_at, counts) => {
    const touches = [exampleTouch('c', occurred_at, { player_id: 'p' })];
    const { first, last } = new Journeys(new IdentityGraph(), touches).journeyTo(to({ player_id: 'p' }));
    expect([first?.at, last?.at]).toEqual(counts ? [occurred_at, occurred_at] : [undefined, undefined]);
  });

  it('counts the click that it names itself though its own clock is behind, and tells the click’s own time', () => {
    const touches = [exampleTouch('own', at('21T12:05:00')), exampleTouch('old', at('20T00:00:00'))];
    const links = [exampleLink('old', 'p')];
    const journey = new Journeys(new IdentityGraph(links), touches).journeyTo(
      to({ click_id: 'own', player_id: 'p' }),
    );
    expect([journey.first?.click_id, journey.last?.click_id]).toEqual(['old', 'own']);
    expect(journey.last?.at).toBe(at('21T12:05:00'));
  });

  it('does not count another click of its player that is later', () => {
    const links = [exampleLink('own', 'p'), exampleLink('later', 'p')];
    const touches = [exampleTouch('own', at('21T11:00:00')), exampleTouch('later', at('21T12:05:00'))];
    expect(
      new Journeys(new IdentityGraph(links), touches).journeyTo(to({ player_id: 'p' })).last?.click_id,
    ).toBe('own');
  });

  it('leaves out a click beyond the look-back, and still belongs to it', () => {
    const touches = [exampleTouch('c', '2026-09-01T00:00:00.000000Z')];
    const journey = new Journeys(new IdentityGraph(), touches).journeyTo(to({ click_id: 'c' }));
    expect(journey).toMatchObject({ first: null, last: null, clickId: 'c', click: touches[0] });
    expect(journey.receivedAt).toBe(touches[0]!.first_received_at);
  });

  it('orders touches of one instant by their ids', () => {
    const touches = ['c', 'a', 'b'].map((c) => exampleTouch(c, at('21T11:00:00'), { player_id: 'p' }));
    const { first, last } = new Journeys(new IdentityGraph(), touches).journeyTo(to({ player_id: 'p' }));
    expect([first?.click_id, last?.click_id]).toEqual(['a', 'c']);
  });

  it('knows nothing of another brand', () => {
    const touches = [exampleTouch('c', at('21T11:00:00'), { brand: 'other', player_id: 'p' })];
    const links = [exampleLink('c', 'p', { brand: 'other' })];
    const journeys = new Journeys(new IdentityGraph(links), touches);
    expect(journeys.journeyTo(to({ player_id: 'p', click_id: 'c' }))).toMatchObject({
      first: null,
      click: undefined,
    });
    expect(journeys.playerOf(to({ click_id: 'c' }))).toBeNull();
  });

  it('was received when the last of what it looked at was', () => {
    const touches = [exampleTouch('c', at('21T11:00:00'), { first_received_at: at('22T00:00:00') })];
    const links = [exampleLink('c', 'p', { first_received_at: at('23T00:00:00') })];
    expect(new Journeys(new IdentityGraph(), touches).journeyTo(to({ click_id: 'c' })).receivedAt).toBe(
      at('22T00:00:00'),
    );
    expect(new Journeys(new IdentityGraph(links), touches).journeyTo(to({ player_id: 'p' })).receivedAt).toBe(
      at('23T00:00:00'),
    );
  });
});

it('answers the same whatever the order of links and touches', () => {
  const id = fc.constantFrom('a', 'b', 'c');
  const time = fc.constantFrom('2026-10-01', '2026-11-20', '2026-11-21').map((d) => `${d}T00:00:00.000000Z`);
  const links = fc.uniqueArray(
    fc
      .tuple(id, id, time, fc.option(time))
      .map(([c, p, occurred_at, registered_at]) => exampleLink(c, p, { occurred_at, registered_at })),
    { selector: (l) => `${l.left_id}|${l.right_id}` },
  );
  const touches = fc.uniqueArray(
    fc.tuple(id, time, fc.option(id)).map(([c, t, player_id]) => exampleTouch(c, t, { player_id })),
    { selector: (t) => t.touch_id },
  );
  fc.assert(
    fc.property(links, touches, fc.option(id), fc.option(id), (l, t, player_id, click_id) => {
      const asked = to({ player_id, click_id });
      const backwards = new Journeys(new IdentityGraph(l.toReversed()), t.toReversed());
      expect(backwards.journeyTo(asked)).toEqual(new Journeys(new IdentityGraph(l), t).journeyTo(asked));
    }),
  );
});
