import { conversionId, hashParts, type ConversionEvent } from '#libs/events';

/**
 * What makes two reports the same conversion, whatever their source: a deposit's transaction; else, for an
 * install or registration, its click (or its player where it names no click); else what identifies the event
 * itself, so that the same weak deposit told by browser and server is one.
 */
export function conversionKeyOf(event: ConversionEvent): string {
  switch (event.kind) {
    case 'deposit':
      return event.transaction_id !== undefined
        ? `tx:${event.transaction_id}`
        : `event:${hashParts([event.brand, event.natural_key]).slice(0, 32)}`;
    case 'install':
    case 'registration':
      if (event.click_id !== undefined) return `click:${event.click_id}`;
      return event.player_id !== undefined ? `player:${event.player_id}` : `event:${event.event_id}`;
  }
}

/** The conversion that an event tells of. */
export function conversionIdOf(event: ConversionEvent): string {
  return conversionId(event.brand, event.kind, conversionKeyOf(event));
}
