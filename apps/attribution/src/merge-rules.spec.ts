import fc from 'fast-check';
import type { ConversionFact } from '#libs/database';
import { exampleFact } from '#test/example-facts';
import { FACT_ORDERS, reasonsOf } from './merge-rules.js';

const { authority: compareAuthority, first_hand: compareFirstHand } = FACT_ORDERS;

const fact = (source: string, change: Partial<ConversionFact> = {}): ConversionFact =>
  exampleFact({ source, ...change });
const sources = (facts: ConversionFact[]): string[] => facts.map((f) => f.source);

describe('compareAuthority', () => {
  it('asks a partner before the server and the server before the browser', () => {
    const facts = ['pixel-browser', 'partner-b', 'pixel-server', 'partner-a'].map((s) => fact(s));
    expect(sources(facts.sort(compareAuthority))).toEqual([
      'partner-a',
      'partner-b',
      'pixel-server',
      'pixel-browser',
    ]);
  });

  it('asks each way of telling in its turn, pubsub and postback by their names', () => {
    const facts = [
      ...[fact('ga', { trust: 'ga4' }), fact('pixel-browser'), fact('pixel-server')],
      ...[fact('b', { trust: 'postback' }), fact('a', { trust: 'pubsub' }), fact('c', { trust: 'postback' })],
      fact('z', { trust: 'partner_api' }),
    ];
    const expected = ['z', 'a', 'b', 'c', 'pixel-server', 'pixel-browser', 'ga'];
    expect(sources(facts.sort(compareAuthority))).toEqual(expected);
  });

  it('asks of one source the strong deposit first, but a weightier source before it', () => {
    const weakServer = fact('pixel-server', { weak: true, conversion_id: 'a' });
    const strongServer = fact('pixel-server', { conversion_id: 'b' });
    const strongBrowser = fact('pixel-browser', { conversion_id: 'b' });
    expect([strongBrowser, weakServer, strongServer].sort(compareAuthority)).toEqual([
      strongServer,
      weakServer,
      strongBrowser,
    ]);
  });
});

describe('compareFirstHand', () => {
  it('asks the pixels first, the server before the browser', () => {
    const facts = ['partner-a', 'pixel-browser', 'pixel-server'].map((s) => fact(s));
    expect(sources(facts.sort(compareFirstHand))).toEqual(['pixel-server', 'pixel-browser', 'partner-a']);
  });
});

describe.each([
  ['compareAuthority', compareAuthority],
  ['compareFirstHand', compareFirstHand],
])('%s', (_name, compare) => {
  it('is one order for one set, however it comes', () => {
    const facts = fc.uniqueArray(
      fc
        .record({
          source: fc.constantFrom('pixel-server', 'pixel-browser', 'x', 'y', '\u{1f600}', '\uffff'),
          weak: fc.boolean(),
          conversion_id: fc.constantFrom('a', 'b', 'c'),
        })
        .map((change) => exampleFact(change)),
      { selector: (f) => `${f.source}|${f.conversion_id}` },
    );
    const both = facts.chain((f) =>
      fc.tuple(fc.constant(f), fc.shuffledSubarray(f, { minLength: f.length })),
    );
    fc.assert(
      fc.property(both, ([set, shuffled]) => {
        expect([...shuffled].sort(compare)).toEqual([...set].sort(compare));
      }),
    );
  });
});

describe('reasonsOf', () => {
  const partner = fact('partner');
  const weak = fact('pixel-server', { weak: true, conversion_id: 'a' });

  it('names the ways of telling that a weightier one goes before, each once', () => {
    const then = [
      fact('ga4', { trust: 'ga4' }),
      fact('b', { trust: 'postback' }),
      fact('c', { trust: 'postback' }),
    ];
    expect(reasonsOf('authority', partner, then)).toEqual(["a partner's API goes before a postback and GA4"]);
  });

  it('gives a clause for each rule that decided', () => {
    expect(reasonsOf('authority', fact('pixel-server'), [fact('pixel-browser'), weak])).toEqual([
      'a server pixel goes before a browser pixel',
      'a word with a transaction id goes before one without',
    ]);
    expect(reasonsOf('first_hand', weak, [partner])).toEqual([
      "a pixel knows the click first-hand and goes before a partner's API",
    ]);
    expect(reasonsOf('authority', partner, [])).toEqual([]);
  });
});
