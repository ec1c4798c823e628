import { isConversion, type CanonicalEvent, type Rejection } from '#libs/events';
import type { ConfiguredConversions } from './configured-conversions.js';
import { customFields } from './custom-fields.js';
import { identityLink, tellsLink } from './identity-link.js';
import { isPurchase, moneyOfPurchase, transactionIdOf } from './purchase.js';
import { rowFault } from './read-row.js';
import { isReturn, returnOf } from './returns.js';
import { addTraffic, checked, eventOf, type Telling } from './telling.js';
import { firstTouch, sessionTouch, touchOf } from './touchpoints.js';
import type { Visit } from './visit.js';

/** What a source makes of rows. */
export interface RowRules {
  property: string;
  conversions: ConfiguredConversions;
}

/** What a row means. Where one event cannot be made, none is. */
export interface RowEvents {
  events: CanonicalEvent[];
  rejections: Rejection[];
  warnings: Rejection[];
}

/** Whether a row is a conversion, as far as that can be said without making it. */
export function mayConvert({ conversions }: RowRules, visit: Visit): boolean {
  return isPurchase(visit.read) || conversions.fit(visit);
}

/** Whether a row makes any event, or cannot be understood although it should. */
export function isOfInterest(rules: RowRules, visit: Visit): boolean {
  return (
    isReturn(visit.read) ||
    mayConvert(rules, visit) ||
    tellsLink(visit) ||
    touchOf(visit, false) !== undefined
  );
}

/**
 * The canonical events of a row: its conversions or return, the touch of its session, the first touch of its client, and
 * a link between those whom it names, where no other event names them.
 */
export function eventsOfRow(rules: RowRules, telling: Telling, visit: Visit): RowEvents {
  const made: RowEvents = { events: [], rejections: [], warnings: [] };
  const add = (event: CanonicalEvent | Rejection): void => {
    if (event.kind === 'dead_letter') made.rejections.push(event);
    else made.events.push(event);
  };
  const configured = rules.conversions.map(telling, visit);
  made.events.push(...configured.events);
  made.rejections.push(...configured.rejections);
  if (isReturn(visit.read)) add(returnOf(telling, visit));
  else if (isPurchase(visit.read) && !configured.events.some(({ kind }) => kind === 'purchase')) {
    add(purchaseOf(telling, visit, made.warnings));
  }
  const told = touchOf(visit, made.events.some(isConversion));
  if (told) add(sessionTouch(told, rules.property, telling, visit));
  if (told || made.events.length > 0) {
    const first = firstTouch(told, rules.property, telling, visit);
    if (first) add(first);
  }
  if (!told && tellsLink(visit) && !made.events.some(isConversion)) add(identityLink(telling, visit));
  return made.rejections.length > 0 ? { ...made, events: [] } : made;
}

/**
 * A purchase without an amount that can be used is one all the same: that something was bought, when and by whom does not
 * depend on it, and sources that weigh more tell the amount. What is wrong with it is warned of.
 */
function purchaseOf(telling: Telling, visit: Visit, warnings: Rejection[]): CanonicalEvent | Rejection {
  const { read } = visit;
  const event = eventOf('purchase', 'purchase', telling, visit);
  const transaction = transactionIdOf(read);
  if (transaction !== undefined) event['transaction_id'] = transaction;
  const { amount, currency, isUnusable } = moneyOfPurchase(read);
  if (amount !== undefined) {
    event['amount'] = amount;
    event['currency'] = currency;
  }
  if (isUnusable) {
    const rule = 'amount of purchase must be a decimal that is not negative, with a currency';
    warnings.push(rowFault('/ecommerce/purchase_revenue', rule, read.ecommerce?.['purchase_revenue']));
  }
  addTraffic(event, visit.traffic ?? visit.session, visit);
  event['custom'] = customFields(visit);
  return checked(event);
}
