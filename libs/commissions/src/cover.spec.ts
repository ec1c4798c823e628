import fc from 'fast-check';
import { agreement, sharePlan } from '#test/deals';
import type { Coverage } from './agreement.js';
import { coverageOf, type Acquisition } from './cover.js';

const named = (name: string, ...covers: Coverage[]) => agreement([sharePlan()], { agreement: name, covers });
const nothing: Acquisition = {
  acquired_at: null,
  link: null,
  sub_ids: {},
  source: null,
  campaign: null,
  ref_code: null,
};
const acquired: Acquisition = {
  acquired_at: '2026-10-03T10:00:00.000000Z',
  link: 'acme-home',
  sub_ids: { affid: '77', btag: 'x1' },
  source: 'acme',
  campaign: 'spring',
  ref_code: 'ACME',
};

describe('coverageOf', () => {
  it.each<[string, Coverage, boolean]>([
    ['the same link', { link: 'acme-home' }, true],
    ['another case', { link: 'Acme-home' }, false],
    ['a beginning', { link: 'acme-*' }, true],
    ['a beginning without a star', { link: 'acme-' }, false],
    ['a star in the middle', { link: 'a*e-home' }, false],
    ['any', { link: '*' }, true],
    ['a sub id', { sub_id: { affid: '77' } }, true],
    ['all sub ids', { sub_id: { affid: '7*', btag: 'x1' } }, true],
    ['one of two sub ids', { sub_id: { affid: '77', btag: 'x2' } }, false],
    ['a sub id that is not there', { sub_id: { clickref: '*' } }, false],
    ['source and campaign', { source: 'acme', campaign: 'spr*' }, true],
    ['source but not campaign', { source: 'acme', campaign: 'autumn' }, false],
    ['a referral code', { ref_code: 'ACME' }, true],
    ['nothing', {}, false],
  ])('asks for %s', (_, coverage, fits) => {
    expect(coverageOf([named('a', coverage)], acquired) !== undefined).toBe(fits);
  });

  it('covers nobody who came from nowhere', () => {
    const any = [{ link: '*' }, { source: '*' }, { campaign: '*' }, { ref_code: '*' }];
    expect(coverageOf([named('a', ...any)], nothing)).toBeUndefined();
  });

  const all = [
    named('e-link', { ref_code: 'ACME' }, { link: 'acme-*', source: 'acme' }),
    named('d-sub', { sub_id: { affid: '77' } }),
    named('c-campaign', { campaign: 'spring' }),
    named('b-source', { source: 'acme' }),
    named('a-ref', { ref_code: 'ACME' }),
  ];

  it.each([
    ['e-link', 'link', all],
    ['d-sub', 'sub_id', all.slice(1)],
    ['c-campaign', 'campaign', all.slice(2)],
    ['b-source', 'source', all.slice(3)],
    ['a-ref', 'ref_code', all.slice(4)],
  ])('gives %s the player by its %s', (name, matchedBy, agreements) => {
    expect(coverageOf(agreements, acquired)).toEqual({
      agreement: name,
      matchedBy,
      contestedBy: agreements
        .map(({ agreement }) => agreement)
        .filter((other) => other !== name)
        .sort(),
    });
  });

  it.each([
    ['the one that ran, however closely the other names it', ['ended', 'b'], 'b', []],
    ['the one that ran, and not one to come', ['coming', 'b'], 'b', []],
    ['of those that ran the closest', ['ended', 'b', 'c'], 'b', ['c']],
    ['of none that ran the closest', ['ended', 'coming'], 'coming', ['ended']],
    ['the only one, whenever it ran', ['ended'], 'ended', []],
  ])('gives %s', (_, names, owner, contestedBy) => {
    const link = [{ link: 'acme-home' }];
    const timed = {
      ended: agreement([sharePlan({}, { from: '2025-01-01', to: '2026-10-03' })], { covers: link }),
      coming: agreement([sharePlan({}, { from: '2026-10-04' })], { covers: link }),
      b: agreement([sharePlan({}, { from: '2026-10-03', to: '2026-10-04' })], {
        covers: [{ source: 'acme' }],
      }),
      c: agreement([sharePlan()], { covers: [{ ref_code: 'ACME' }] }),
    };
    const agreements = names.map((name) => ({ ...timed[name as keyof typeof timed], agreement: name }));
    expect(coverageOf(agreements, acquired)).toMatchObject({ agreement: owner, contestedBy });
    expect(coverageOf(agreements, { ...acquired, acquired_at: null })?.contestedBy).toHaveLength(
      names.length - 1,
    );
  });

  it('gives the least name what is equal, in any order of agreements', () => {
    const equal = [...all, named('e-kin', { link: 'acme-home' })];
    fc.assert(
      fc.property(fc.shuffledSubarray(equal, { minLength: equal.length }), (shuffled) => {
        const owner = coverageOf(shuffled, acquired);
        expect(owner).toMatchObject({ agreement: 'e-kin', matchedBy: 'link' });
        expect(owner?.contestedBy).toEqual(['a-ref', 'b-source', 'c-campaign', 'd-sub', 'e-link']);
      }),
    );
  });
});
