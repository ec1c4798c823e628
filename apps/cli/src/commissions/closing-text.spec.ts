import { CLOSED_STATEMENT, OPEN_STATEMENT } from '#test/example-statement';
import { closingText, refusalText } from './closing-text.js';

it('says what will be paid', () => {
  expect(closingText(CLOSED_STATEMENT)).toBe(
    'acme-hybrid 2026-10: total 1,229.45 EUR, left unpaid by the statement before −29.45 EUR, to be paid 1,200.00 EUR',
  );
});

it('says what stands in the way, or that all is done', () => {
  expect(refusalText([OPEN_STATEMENT, CLOSED_STATEMENT])).toBe(
    'acme-hybrid 2026-10 cannot be closed:\n- 2026-10 is not over\n- no rate for USD 2026-10-03: npx tributary fx import, then commissions run',
  );
  expect(refusalText([CLOSED_STATEMENT])).toBe(
    'acme-hybrid 2026-10 is closed: statement 3, 2026-11-02 09:00 UTC, by finance@desk',
  );
  expect(refusalText([{ ...OPEN_STATEMENT, unfinished: [] }, CLOSED_STATEMENT])).toBeUndefined();
});
