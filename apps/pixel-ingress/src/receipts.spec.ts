import { randomBytes } from 'node:crypto';
import { isReceiptId } from '#libs/events';
import { Receipts } from './receipts.js';

it('never gives a receipt twice, across fills of its pool', () => {
  const receipts = new Receipts(randomBytes);
  const ids = Array.from({ length: 5_000 }, () => receipts.next(1_763_719_200_000));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every(isReceiptId)).toBe(true);
});
