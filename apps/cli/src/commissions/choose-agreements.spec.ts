import { chooseAgreements } from './choose-agreements.js';

const stored = [
  ['acme-cpa', 'acme'],
  ['acme-share', 'acme'],
  ['bet-media', 'bet'],
].map(([agreement, partner]) => ({
  agreement: agreement!,
  partner: partner!,
  brand: 'spacevegas',
  currency: 'EUR',
  time_zone: 'UTC',
}));

it("finds a partner's agreements, and one by its name", () => {
  expect(chooseAgreements(stored, { partner: 'acme' }).map((a) => a.agreement)).toEqual([
    'acme-cpa',
    'acme-share',
  ]);
  expect(chooseAgreements(stored, { agreement: 'bet-media' })).toEqual([stored[2]]);
  expect(chooseAgreements(stored, { partner: 'acme', agreement: 'acme-share' })).toEqual([stored[1]]);
});

it.each([
  [
    { partner: 'acmee' },
    'no stored agreement has the partner "acmee": did you mean "acme"?; there are acme, bet',
  ],
  [
    { agreement: 'bet-medai' },
    'no stored agreement has the agreement "bet-medai": did you mean "bet-media"?; there are acme-cpa, acme-share, bet-media',
  ],
  [
    { partner: 'acme', agreement: 'bet-media' },
    'no stored agreement has the agreement "bet-media" of partner "acme": did you mean "acme-cpa"?',
  ],
])('says what was probably meant by %j', (asked, said) => {
  expect(() => chooseAgreements(stored, asked)).toThrow(said);
});

it('says what to do where nothing is stored', () => {
  expect(() => chooseAgreements([], { partner: 'acme' })).toThrow(
    'no agreement is stored yet: run "npx tributary commissions run" first',
  );
});
