import type {
  ConversionFact,
  ConversionSlot,
  IdentityLinkFact,
  JourneyTouch,
  ReturnFact,
} from '#libs/database';
import { conversionId, instantToMicros } from '#libs/events';

const AT = '2026-11-21T10:00:00.000000Z';
const RECEIPT = '01a1fd8c-697b-7162-a364-65666f99237d';

/** What one source says of a deposit, or of what `change` makes of it; the joins follow from its own fields. */
export function exampleFact(change: Partial<ConversionFact> = {}): ConversionFact {
  const type = change.type ?? 'deposit';
  const conversion_key = change.conversion_key ?? 'tx:1';
  const occurred_at = change.occurred_at ?? AT;
  const { player_id = 'p1', amount = '40', currency = 'USD' } = change;
  const money = amount === null || currency === null ? null : `${currency} ${amount}`;
  return {
    conversion_id: conversionId('b', type, conversion_key),
    source: 'pixel-server',
    trust: null,
    brand: 'b',
    type,
    conversion_key,
    version: -instantToMicros(occurred_at),
    status_rank: 2,
    event_id: 'e1',
    receipt_id: RECEIPT,
    player_id,
    click_id: null,
    client_id: null,
    user_id: null,
    transaction_id: conversion_key.startsWith('tx:') ? conversion_key.slice(3) : null,
    occurred_at,
    amount,
    currency,
    status: 'approved',
    weak: !conversion_key.startsWith('tx:'),
    client: {},
    custom: {},
    player_id_low: player_id,
    player_id_high: player_id,
    money_low: money,
    money_high: money,
    first_receipt_id: RECEIPT,
    first_received_at: occurred_at,
    received_at: occurred_at,
    ...change,
  };
}

/** The slot that holds the example fact. */
export function exampleSlot(change: Partial<ConversionSlot> = {}): ConversionSlot {
  const { status: _, first_receipt_id: __, first_received_at: ___, ...own } = change;
  return { ...exampleFact(own), was_retracted: false, ...change };
}

/** A reversal of the example deposit, or of what `change` makes of it. */
export function exampleReturn(change: Partial<ReturnFact> = {}): ReturnFact {
  return {
    ...{
      conversion_id: conversionId('b', 'deposit', 'tx:1'),
      kind: 'reversal',
      return_id: '',
      source: 'partner',
    },
    ...{ brand: 'b', conversion_type: 'deposit', conversion_key: 'tx:1', trust: null },
    ...{ version: -instantToMicros(AT), event_id: 'e9', receipt_id: RECEIPT, occurred_at: AT },
    ...{ amount: null, currency: null, received_at: AT },
    ...change,
  };
}

/** Click and player belong together. */
export function exampleLink(
  click_id: string,
  player_id: string,
  change: Partial<IdentityLinkFact> = {},
): IdentityLinkFact {
  return {
    ...{ brand: 'b', left_kind: 'click', left_id: click_id, right_kind: 'player', right_id: player_id },
    ...{ occurred_at: AT, registered_at: null, first_received_at: AT },
    ...change,
  };
}

/** The touch of a click of ours. */
export function exampleTouch(
  click_id: string,
  occurred_at: string,
  change: Partial<JourneyTouch> = {},
): JourneyTouch {
  return {
    ...{ brand: 'b', touch_id: click_id, click_id, occurred_at },
    ...{ client_id: null, user_id: null, player_id: null },
    ...{ utm_source: `s-${click_id}`, utm_medium: null, utm_campaign: null, sub_ids: {} },
    first_received_at: occurred_at,
    ...change,
  };
}
