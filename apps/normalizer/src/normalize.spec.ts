import { hashParts, serializeCanonicalEvent, type CanonicalEvent } from '#libs/events';
import { exampleRawClick, exampleRawConversion, exampleRawInstall } from '#test/example-events';
import { schemaProblems } from '#test/published-schemas';
import { normalize } from './normalize.js';

const POSITION = '3/9007199254740993';
const deposit = exampleRawConversion();
const click = exampleRawClick();

/** What every event made from the raw event has in common with it. */
function carried(raw: typeof deposit | typeof click): Partial<CanonicalEvent> {
  const { event_id, source, stream, brand, natural_key, received_at, receipt_id } = raw;
  return { event_id, source, stream, brand, natural_key, received_at, receipt_id, raw_position: POSITION };
}

describe('normalize', () => {
  it('makes one deposit of a deposit', () => {
    expect(normalize(deposit, POSITION)).toEqual([
      {
        ...carried(deposit),
        kind: 'deposit',
        occurred_at: '2026-11-21T09:59:00.000000Z',
        player_id: '1874552',
        click_id: deposit.payload.click_id,
        transaction_id: '123456789',
        amount: '40.5',
        currency: 'USD',
        client: deposit.payload.client,
      },
    ]);
  });

  it.each(['install', 'registration'] as const)(
    'makes one %s of one, at the time it was received',
    (type) => {
      const raw = exampleRawInstall({ type });
      expect(normalize(raw, POSITION)).toEqual([
        { ...carried(raw), kind: type, occurred_at: raw.received_at, click_id: raw.payload.click_id },
      ]);
    },
  );

  it('marks a test', () => {
    expect(normalize(exampleRawInstall({ test: true }), POSITION)).toMatchObject([{ is_test: true }]);
  });

  it('leaves a transaction id out of what is no deposit', () => {
    const [event] = normalize(exampleRawInstall({ transaction_id: '1' }), POSITION);
    expect(event).not.toHaveProperty('transaction_id');
  });

  it('makes a click and an identity link of a click with a player', () => {
    const { click_id, sub_ids, utm, ad_click_ids, link, referrer, client } = click.payload;
    const common = {
      ...carried(click),
      occurred_at: '2026-11-21T09:00:00.000000Z',
      click_id,
      player_id: '1874552',
    };
    expect(normalize(click, POSITION)).toEqual([
      { ...common, kind: 'click', sub_ids, utm, ad_click_ids, link, referrer, client },
      {
        ...common,
        kind: 'identity_link',
        event_id: hashParts([click.event_id, 'identity_link']),
        natural_key: `${click_id}|1874552`,
      },
    ]);
  });

  it('makes no identity link of a click without a player', () => {
    const events = normalize(exampleRawClick({ player_id: undefined }), POSITION);
    expect(events.map((e) => e.kind)).toEqual(['click']);
  });

  it.each([deposit, exampleRawInstall(), click])(
    'gives the same events again, each as its schema says',
    (raw) => {
      const texts = normalize(raw, POSITION).map(serializeCanonicalEvent);
      expect(normalize(raw, POSITION).map(serializeCanonicalEvent)).toEqual(texts);
      expect(texts.flatMap(schemaProblems)).toEqual([]);
    },
  );
});
