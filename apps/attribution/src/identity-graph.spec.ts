import type { Identity, IdentityKind, IdentityLinkFact } from '#libs/database';
import { exampleLink } from '#test/example-facts';
import { IdentityGraph } from './identity-graph.js';
import { Journeys } from './journeys.js';

const at = (day: string): string => `2026-11-${day}T00:00:00.000000Z`;
const node = (text: string): Identity => {
  const [kind, id] = text.split(':') as [IdentityKind, string];
  return { brand: 'b', kind, id };
};
/** A link between two ends, the one of the lesser kind first. */
const link = (left: string, right: string, change: Partial<IdentityLinkFact> = {}): IdentityLinkFact => {
  const [l, r] = [node(left), node(right)];
  return { ...exampleLink(l.id, r.id, change), left_kind: l.kind, right_kind: r.kind };
};
const names = (identities: readonly Identity[]): string[] =>
  identities.map((i) => `${i.kind}:${i.id}`).sort();

describe('the owner', () => {
  const [early, late] = [at('01'), at('02')];
  it.each([
    ['the earliest seen', { occurred_at: late }, { occurred_at: early }, 'b'],
    ['the earliest registered', { registered_at: early }, { registered_at: late }, 'a'],
    ['one registered before one seen earlier', { registered_at: late }, { occurred_at: early }, 'a'],
    ['the lesser id of two registered at once', { registered_at: early }, { registered_at: early }, 'a'],
    ['the lesser id of two seen at once', {}, {}, 'a'],
  ])('is %s', (_what, a, b, owner) => {
    const links = [exampleLink('b', 'p', b), exampleLink('a', 'p', a)];
    expect(new IdentityGraph(links).ownerClickOf('b', 'p')).toBe(owner);
    const to = { brand: 'b', player_id: 'p', client_id: null, user_id: null, occurred_at: at('21') };
    expect(new Journeys(new IdentityGraph(links), []).journeyTo({ ...to, click_id: null }).clickId).toBe(
      owner,
    );
    expect(new Journeys(new IdentityGraph(links), []).journeyTo({ ...to, click_id: 'own' }).clickId).toBe(
      'own',
    );
    const players = new IdentityGraph([exampleLink('c', 'b', b), exampleLink('c', 'a', a)]);
    expect(players.playerOf(node('click:c'))).toBe(owner);
  });

  it('is nobody where there is no link', () => {
    const graph = new IdentityGraph([]);
    expect([graph.ownerClickOf('b', 'p'), graph.playerOf(node('click:c'))]).toEqual([null, null]);
  });

  it("is found through a player's client, but after a click of the player's own", () => {
    const through = [link('click:c', 'client:g', { occurred_at: at('01') }), link('client:g', 'player:p')];
    expect(new IdentityGraph(through).ownerClickOf('b', 'p')).toBe('c');
    const own = [...through, link('click:z', 'player:p', { occurred_at: at('09') })];
    expect(new IdentityGraph(own).ownerClickOf('b', 'p')).toBe('z');
  });
});

describe('IdentityGraph.playerOf', () => {
  it.each<[string, string, string[][], string | null]>([
    [
      'a click through its user',
      'click:c',
      [
        ['click:c', 'user:u'],
        ['user:u', 'player:p'],
      ],
      'p',
    ],
    [
      'a click through its client',
      'click:c',
      [
        ['click:c', 'client:g'],
        ['client:g', 'player:p'],
      ],
      'p',
    ],
    [
      "a click through its client's user",
      'click:c',
      [
        ['click:c', 'client:g'],
        ['client:g', 'user:u'],
        ['user:u', 'player:p'],
      ],
      'p',
    ],
    [
      'a click through its user before its client',
      'click:c',
      [
        ['click:c', 'client:g'],
        ['client:g', 'player:q'],
        ['click:c', 'user:u'],
        ['user:u', 'player:p'],
      ],
      'p',
    ],
    [
      'a client, but not through its clicks',
      'client:g',
      [
        ['click:c', 'client:g'],
        ['click:c', 'player:p'],
      ],
      null,
    ],
  ])('finds the player of %s', (_what, start, links, player) => {
    const graph = new IdentityGraph(links.map(([l, r]) => link(l!, r!)));
    expect(graph.playerOf(node(start))).toBe(player);
  });
});

describe('IdentityGraph.personOf', () => {
  it('joins players by their users, and gathers what they used', () => {
    const person = new IdentityGraph([
      link('user:u', 'player:p'),
      link('user:u', 'player:q'),
      link('click:c1', 'player:q'),
      link('client:g', 'user:u'),
      link('click:c2', 'client:g'),
    ]).personOf('b', 'p');
    expect(names(person.selves)).toEqual(['player:p', 'player:q', 'user:u']);
    expect(names([...person.clients, ...person.clicks])).toEqual(['click:c1', 'click:c2', 'client:g']);
  });

  it('does not join players who used the same device or click', () => {
    const person = new IdentityGraph([
      link('client:g', 'player:p'),
      link('client:g', 'player:q'),
      link('click:c', 'player:p'),
      link('click:c', 'player:q'),
      link('click:d', 'player:q'),
    ]).personOf('b', 'p');
    expect(names(person.selves)).toEqual(['player:p']);
    expect(names([...person.clients, ...person.clicks])).toEqual(['click:c', 'client:g']);
  });

  it('knows since when everybody belongs to it: by the way that was known first', () => {
    const since = (day: string): Partial<IdentityLinkFact> => ({ first_received_at: at(day) });
    const { joinedAt } = new IdentityGraph([
      link('user:u', 'player:p', since('05')),
      link('user:u', 'player:q', since('02')),
      link('client:g', 'player:q', since('01')),
      link('click:c', 'client:g', since('09')),
      link('click:c', 'user:u', since('07')),
      link('user:v', 'player:p', since('01')),
      link('user:v', 'player:q', since('03')),
    ]).personOf('b', 'p');
    expect(
      Object.fromEntries(
        [...joinedAt].map(([key, instant]) => [key.split('\0').slice(1).join(':'), instant]),
      ),
    ).toEqual({
      'player:p': '',
      'user:u': at('03'),
      'user:v': at('01'),
      'player:q': at('03'),
      'client:g': at('03'),
      'click:c': at('07'),
    });
  });

  it('knows nothing of another brand', () => {
    const other = { ...link('user:u', 'player:q'), brand: 'other' };
    expect(names(new IdentityGraph([link('user:u', 'player:p'), other]).personOf('b', 'p').selves)).toEqual([
      'player:p',
      'user:u',
    ]);
  });

  it('holds more clicks than a call has arguments, as of a player whose id stands for every guest', () => {
    const links = Array.from({ length: 150_000 }, (_, i) => link(`click:${i}`, 'player:guest'));
    expect(new IdentityGraph(links).personOf('b', 'guest').clicks).toHaveLength(150_000);
  });
});
