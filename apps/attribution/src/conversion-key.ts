import {
  conversionId,
  hashParts,
  type ConversionEvent,
  type ConversionType,
  type RetractionEvent,
  type ReturnEvent,
} from '#libs/events';

/**
 * What makes two reports the same conversion, whatever their source: the transaction of money; else, for an install
 * or registration, its click (or its player where it names no click); else the natural key, so that the same weak
 * deposit told by browser and server is one, and so is an install by nobody whose record is amended.
 */
export function conversionKeyOf(event: ConversionEvent | RetractionEvent): string {
  return keyOf(conversionTypeOf(event), event);
}

/** The conversion that an event tells of, or no longer. */
export function conversionIdOf(event: ConversionEvent | RetractionEvent): string {
  return conversionId(event.brand, conversionTypeOf(event), conversionKeyOf(event));
}

/** What names a conversion in its own event. */
interface Named {
  brand: string;
  natural_key: string;
  click_id?: string;
  player_id?: string;
  transaction_id?: string;
  partner?: string;
}

function keyOf(type: ConversionType, event: Named): string {
  if (!isByTransaction(type)) return personKey(event) ?? naturalKey(event);
  if (event.transaction_id === undefined) return naturalKey(event);
  return transactionKey(event.transaction_id, type === 'payout' ? event.partner : undefined);
}

function conversionTypeOf(event: ConversionEvent | RetractionEvent): ConversionType {
  return event.kind === 'retraction' ? event.conversion_type : event.kind;
}

/** Key of the conversion that a refund or reversal takes back, as the conversion's own event gives it. */
export function returnedKeyOf(event: ReturnEvent): string {
  const { conversion_type: type, transaction_id: transaction, partner } = event;
  const key = isByTransaction(type)
    ? transaction && transactionKey(transaction, type === 'payout' ? partner : undefined)
    : personKey(event);
  if (key === undefined) throw new Error(`a ${event.kind} of a ${type} must name it`); // its parser sees to it
  return key;
}

/** Key of money: its transaction, of the brand or of one of its partners. */
export function transactionKey(transactionId: string, partner?: string): string {
  return partner === undefined ? `tx:${transactionId}` : `tx:${partner}:${transactionId}`;
}

function naturalKey({ brand, natural_key }: Named): string {
  return `event:${hashParts([brand, natural_key]).slice(0, 32)}`;
}

function personKey(event: { click_id?: string; player_id?: string }): string | undefined {
  if (event.click_id !== undefined) return `click:${event.click_id}`;
  return event.player_id === undefined ? undefined : `player:${event.player_id}`;
}

function isByTransaction(type: ConversionType): boolean {
  return type !== 'install' && type !== 'registration';
}
