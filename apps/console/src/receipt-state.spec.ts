import { newReceiptId } from '#libs/events';
import { receiptAnswer, type ReceiptAnswer, type ReceiptRows } from './receipt-state.js';

const RECEIVED_AT = '2026-11-21T10:00:00.123456Z';
const ID = newReceiptId(Date.parse('2026-11-21T10:00:00.123Z'), Buffer.from('abcdef'));
const OTHER = newReceiptId(Date.parse('2026-11-21T09:00:00Z'), Buffer.from('ghijkl'));
const EVENT = 'e'.repeat(64);

const deposit = {
  event_id: EVENT,
  kind: 'deposit',
  conversion_id: 'c1',
  is_test: false,
  received_at: RECEIVED_AT,
};
const click = { ...deposit, kind: 'click', conversion_id: null };
const letter = { reason: 'invalid_field', event_id: EVENT, replayed: false };

const answer = (rest: Partial<ReceiptAnswer>): ReceiptAnswer => ({
  receipt_id: ID,
  received_at: RECEIVED_AT,
  state: 'stored',
  event_id: EVENT,
  ...rest,
});

const cases: [string, ReceiptRows, ReceiptAnswer][] = [
  [
    'given, and nothing is known of it yet',
    {},
    answer({ state: 'pending', event_id: null, received_at: '2026-11-21T10:00:00.123000Z' }),
  ],
  ['a click that was first told by it', { receipt: click, firstReceiptId: ID }, answer({})],
  ['a click that was told before', { receipt: click, firstReceiptId: OTHER }, answer({ state: 'duplicate' })],
  [
    'a conversion with its click',
    { receipt: deposit, firstReceiptId: ID, visible: { attributed: true } },
    answer({ conversion_id: 'c1' }),
  ],
  [
    'a conversion without its click',
    { receipt: deposit, firstReceiptId: ID, visible: { attributed: false } },
    answer({ state: 'unattributed', conversion_id: 'c1' }),
  ],
  [
    'a conversion that its source told before, whether attributed or not',
    { receipt: deposit, firstReceiptId: OTHER, visible: { attributed: false } },
    answer({ state: 'duplicate', conversion_id: 'c1' }),
  ],
  [
    'a weak deposit that is the same as a strong one',
    { receipt: deposit, firstReceiptId: ID, pairedWith: 'c2', visible: { attributed: true } },
    answer({ conversion_id: 'c2' }),
  ],
  [
    'a conversion whose row is still to be made',
    { receipt: deposit, firstReceiptId: ID },
    answer({ state: 'pending', conversion_id: 'c1' }),
  ],
  [
    'a conversion that its source has taken back',
    { receipt: deposit, firstReceiptId: ID, isRetracted: true },
    answer({ conversion_id: 'c1' }),
  ],
  [
    'a retraction, whatever its source told before',
    { receipt: { ...deposit, kind: 'retraction' }, firstReceiptId: OTHER },
    answer({ conversion_id: 'c1' }),
  ],
  ['a test', { receipt: { ...deposit, is_test: true } }, answer({ state: 'test' })],
  [
    'a test of a conversion that is stored as well',
    { receipt: { ...deposit, is_test: true }, firstReceiptId: OTHER, visible: { attributed: true } },
    answer({ state: 'test' }),
  ],
  [
    'a dead letter',
    { deadLetter: letter },
    answer({ state: 'dead_letter', reason: 'invalid_field', received_at: '2026-11-21T10:00:00.123000Z' }),
  ],
  [
    'a dead letter that does not even tell its event',
    { deadLetter: { ...letter, event_id: null } },
    answer({
      state: 'dead_letter',
      reason: 'invalid_field',
      event_id: null,
      received_at: '2026-11-21T10:00:00.123000Z',
    }),
  ],
  [
    'a dead letter that was replayed and is on its way',
    { deadLetter: { ...letter, replayed: true } },
    answer({ state: 'pending', received_at: '2026-11-21T10:00:00.123000Z' }),
  ],
  [
    'a dead letter that was replayed and arrived',
    {
      deadLetter: { ...letter, replayed: true },
      receipt: deposit,
      firstReceiptId: ID,
      visible: { attributed: true },
    },
    answer({ conversion_id: 'c1' }),
  ],
];

test.each(cases)('%s', (_, rows, expected) => {
  expect(receiptAnswer(ID, rows)).toEqual(expected);
});
