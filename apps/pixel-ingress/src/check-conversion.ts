import type { BrandRules } from '#libs/brands';
import { PIXEL_TYPES, parseAmount, type PixelConversion, type PixelType } from '#libs/events';
import type { FieldError } from './field-error.js';
import { FieldChecks, MAX_ID_BYTES, checkTime, checkUuid, type Checked } from './field-rules.js';
import type { Params } from './params.js';

const KNOWN = new Set([
  'click_id',
  'type',
  'test',
  'player_id',
  'transaction_id',
  'amount',
  'currency',
  'time',
]);

const AMOUNT = /^\d{1,12}(\.\d{1,8})?$/;

/** The parameters of a conversion pixel; names are case-sensitive. */
export function conversionParam(name: string): string | undefined {
  return KNOWN.has(name) ? name : undefined;
}

/**
 * Checks a conversion pixel's call. Its keys come out in alphabetical order, which makes its JSON canonical.
 * @param nowMs when the call came, epoch milliseconds
 * @returns the conversion in canonical form, or everything that is wrong with it
 */
export function checkConversion(
  params: Params,
  brand: BrandRules,
  nowMs: number,
): PixelConversion | FieldError[] {
  const checks = new FieldChecks(params);
  const clickId = checks.require('click_id', checkUuid);
  const type = checks.require('type', checkType);
  const test = checks.read('test', checkTest);
  const playerId = checks.readText('player_id', MAX_ID_BYTES);
  const transactionId = checks.readText('transaction_id', MAX_ID_BYTES);
  const money = readMoney(checks, type, brand);
  const time = checks.read('time', (text) => checkTime(text, brand.maxAgeMs, nowMs));
  if (checks.errors.length > 0) return checks.errors;
  return {
    amount: money?.amount,
    click_id: clickId!,
    currency: money?.currency,
    player_id: playerId,
    test: test ? true : undefined,
    time,
    transaction_id: transactionId,
    type: type!,
  };
}

/** A currency without an amount says nothing: both or neither come out. */
function readMoney(
  checks: FieldChecks,
  type: PixelType | undefined,
  brand: BrandRules,
): { amount: string; currency: string } | undefined {
  if (type !== undefined && type !== 'deposit') {
    for (const field of ['amount', 'currency']) {
      if (checks.isPresent(field)) checks.add(field, 'not_allowed', 'is allowed with type deposit only');
    }
    return undefined;
  }
  const amount = checks.read('amount', checkAmount);
  const currency = checks.read('currency', (text) => checkCurrency(text, brand.currencies));
  if (checks.isPresent('amount') && !checks.isPresent('currency')) {
    checks.add('currency', 'missing', 'is required with amount');
  }
  return amount !== undefined && currency !== undefined ? { amount, currency } : undefined;
}

function checkType(text: string): Checked<PixelType> {
  const type = PIXEL_TYPES.find((t) => t === text);
  return type ? { ok: type } : { code: 'invalid_type', message: `must be one of ${PIXEL_TYPES.join(', ')}` };
}

/** A typing error here would make a test a real deposit, so anything but a clear yes or no is refused. */
function checkTest(text: string): Checked<boolean> {
  const word = text.toLowerCase();
  if (word === 'true' || word === '1') return { ok: true };
  if (word === 'false' || word === '0' || word === '') return { ok: false };
  return { code: 'invalid_type', message: 'must be true or false' };
}

function checkAmount(text: string): Checked<string> {
  return AMOUNT.test(text)
    ? { ok: parseAmount(text)! }
    : {
        code: 'invalid_amount',
        message: 'must be a plain decimal: up to 12 digits, up to 8 behind the point',
      };
}

function checkCurrency(text: string, taken: ReadonlySet<string>): Checked<string> {
  const code = text.toUpperCase();
  return taken.has(code)
    ? { ok: code }
    : { code: 'invalid_currency', message: `must be one of ${[...taken].join(', ').toLowerCase()}` };
}
