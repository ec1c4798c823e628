import { compareAmounts } from '#libs/events';
import type { Cursor } from '#libs/yaml-file';
import { checkRanges } from './check-ranges.js';
import { amountOf } from './deal-formats.js';

const THRESHOLDS = ['deposit_amount', 'deposit_count', 'wager_amount', 'wager_count'];

/** What no schema can say of an agreement: terms that belong together, and amounts in their order. */
export function checkAgreement(agreement: Cursor): void {
  const plans = agreement.at('plans');
  checkRanges(plans, 'plans');
  for (const plan of plans.items()) {
    const isClawback = plan.at('type').text === 'clawback';
    checkCpa(plan.at('cpa'), isClawback);
    checkShare(plan.at('revenue_share'), isClawback);
  }
}

function checkCpa(cpa: Cursor, isClawback: boolean): void {
  checkAboveZero(cpa.at('amount'));
  checkAboveZero(cpa.at('cap').at('amount'));
  if (isClawback && cpa.at('cap').isThere) {
    cpa
      .at('cap')
      .wrongName('cap must not be there: a CPA that is an advance is earned back, and not paid twice');
  }
  const on = cpa.at('on');
  const qualification = cpa.at('qualification');
  if (on.text === 'qualification' && !qualification.isThere) {
    cpa.wrong('qualification must be there: on is qualification');
  } else if (qualification.isThere && on.text !== undefined && on.text !== 'qualification') {
    qualification.wrongName(`qualification needs on: qualification, and on is ${on.text}`);
  }
  if (!qualification.object) return;
  if (!THRESHOLDS.some((name) => qualification.at(name).isThere)) {
    qualification.wrong(`must have at least one of ${THRESHOLDS.join(', ')}`);
  }
  checkAboveZero(qualification.at('deposit_amount'));
  checkAboveZero(qualification.at('wager_amount'));
}

function checkShare(share: Cursor, isClawback: boolean): void {
  if (!share.object) return;
  const scale = share.at('scale');
  if (share.at('rate').isThere === scale.isThere) share.wrong('must have either rate or scale');
  checkAboveZero(share.at('cap'));
  checkAboveZero(share.at('high_roller').at('loss'));
  if (scale.object) checkScale(scale, isClawback);
}

function checkScale(scale: Cursor, isClawback: boolean): void {
  const by = scale.at('by');
  const isByPlayers = by.text === 'first_deposits';
  const isPerPlayer = scale.at('per').text === 'player';
  if (isByPlayers && scale.at('kind').text === 'ladder') by.wrong('must be base where kind is ladder');
  if (isByPlayers && isPerPlayer)
    by.wrong('must be base where per is player: a player deposits first but once');
  if (isClawback && !isPerPlayer) {
    const per = scale.at('per');
    (per.isThere ? per : scale).wrong("per must be player: a clawback's share is each player's own");
  }
  let before: string | undefined;
  for (const [i, step] of scale.at('steps').items().entries()) {
    const from = step.at('from');
    const begin = checkedAmount(from);
    if (begin === undefined) continue;
    if (i === 0 && begin !== '0') from.wrong('must be 0: the first step is from 0');
    if (isByPlayers && begin.includes('.')) from.wrong('must be a whole number of players');
    if (before !== undefined && compareAmounts(begin, before) <= 0) {
      from.wrong(`must be above ${before}, where the step before begins`);
    }
    before = begin;
  }
}

/** Money above 0; whether it is money in its form is said already where it is a text. */
export function checkAboveZero(money: Cursor): void {
  if (checkedAmount(money) === '0') money.wrong('must be above 0');
}

/** The amount, if it is one: what a number may be that no schema says, is said here. */
function checkedAmount(money: Cursor): string | undefined {
  const { number, text } = money;
  if (number === undefined) return text === undefined ? undefined : amountOf(text);
  const amount = amountOf(number);
  if (amount === undefined) {
    money.wrong(number < 0 ? 'must not be below 0' : 'must be a plain decimal, in quotes: "0.0000001"');
  }
  return amount;
}
