import { knowsWhose, mergeFacts, resolveConversion, resolveReturns } from '#apps/attribution';
import { compareBytes } from '#libs/database';
import { canonicalJson, flattenConversion, type ConversionRow } from '#libs/events';
import { conflictStories, whyConflict, type ConflictStory } from './conflict-story.js';
import { creditStories, tellCredits, type CreditStory } from './credit-story.js';
import { factStory, tellFact, type FactStory } from './fact-story.js';
import { whyFirstDeposit, type FirstDeposit } from './first-deposit.js';
import { journeyStory, tellJourney, type JourneyStory, type TouchStory } from './journey-story.js';
import { personStory, tellPerson, wayToPlayer, type PersonStory } from './person-story.js';
import type { KnownConversion } from './read-conversion.js';
import { retractionStory, tellRetractions, type RetractionStory } from './retraction-story.js';
import { returnStories, tellReturns, whyNet, type ReturnStory } from './return-story.js';
import { rowStory, tellRow, type FieldStory } from './row-story.js';
import { at, money, origin, paragraph, section } from './text.js';
import { conversionVerdict } from './verdict.js';

/** The whole story of a conversion, as data. */
export interface ConversionStory {
  conversion_id: string;
  brand: string;
  type: string;
  conversion_key: string;
  /** What each source says, the weightiest first; words of weak deposits that are the same included. */
  facts: FactStory[];
  /** Sources that took back what they told, by name. */
  retractions: RetractionStory[];
  returns: ReturnStory[];
  /** The strong deposit that it is the same as, where it is a weak one: that one tells the rest. */
  paired_with: string | null;
  /** Weak deposits that are the same as it. */
  pairs: string[];
  /** The visible row: its own, or that of the strong deposit; null: there is none yet. */
  row: StoredRow | null;
  /** Whether the row is what the facts say by now. */
  is_settled: boolean;
  fields: FieldStory[];
  conflicts: ConflictStory[];
  first_deposit: FirstDeposit | null;
  person: PersonStory | null;
  journey: JourneyStory | null;
  credits: CreditStory[];
}

/** A visible row without the values of custom fields, which may be about a person. */
export type StoredRow = Omit<ConversionRow, 'custom'> & { custom_fields: string[] };

/** What the facts, links and touches of a conversion say, and why its row is what it is. A pure function of them. */
export function conversionStory(known: KnownConversion): ConversionStory {
  const { conversion_id, brand, type, conversion_key, paired_with, pairs } = known;
  const row = known.row && flattenConversion(known.row);
  const returns = returnStories(known.returns, row?.currency ?? null);
  const story: ConversionStory = {
    ...{ conversion_id, brand, type, conversion_key, returns, paired_with, pairs },
    facts: known.facts.map((f) => factStory(f, known.transactions)),
    retractions: known.retractions.map(retractionStory),
    row: row && storedRow(row),
    is_settled: false,
    ...{ fields: [], conflicts: [], first_deposit: null, person: null, journey: null, credits: [] },
  };
  return row && paired_with === null && known.facts.length > 0
    ? { ...story, ...rest(known, row, story) }
    : story;
}

type Rest = Pick<
  ConversionStory,
  'facts' | 'is_settled' | 'fields' | 'conflicts' | 'first_deposit' | 'person' | 'journey' | 'credits'
>;

function rest(known: KnownConversion, row: ConversionRow, { returns, ...story }: ConversionStory): Rest {
  const { brand, journeys, graph } = known;
  const merged = mergeFacts(brand, known.facts, known.returns, journeys);
  const destination = { brand, ...merged };
  const order = merged.ranked.map((f) => `${f.source} ${f.conversion_id}`);
  const facts = [...story.facts].sort((a, b) => order.indexOf(keyOf(a)) - order.indexOf(keyOf(b)));
  const journey = journeyStory(journeys, destination, known.touch_sources);
  const person = personStory(graph, destination, known.namings);
  const conflicts = conflictStories(facts, returns, row);
  const timed = merged.ranked.filter((f) => knowsWhose(f, merged, merged.playerThrough));
  const { reversedBy } = resolveReturns(known.returns, row.currency);
  const reversals = returns.filter((r) => r.kind === 'reversal').map((r) => r.source);
  const fields = rowStory(row, merged.ranked, {
    timed: timed.length === 0 ? merged.ranked : timed,
    player: merged.playerThrough ? wayToPlayer(merged.playerThrough) : null,
    click: person.owner_click
      ? `the click that owns the player: ${person.owner_click.because}`
      : 'the best that its user or client is linked to',
    net: whyNet(row, returns),
    firstDeposit: row.type === 'deposit' ? whyFirstDeposit(row, known.first_deposit) : null,
    conflict: whyConflict(conflicts),
    subIds: row.click_id === null ? 'it has no click' : `of click ${row.click_id}`,
    firstTouch: touchWhy('earliest', journey.touches[0]),
    lastTouch: touchWhy('latest', journey.touches.at(-1)),
    reversedBy: [...new Set([...(reversedBy === null ? [] : [reversedBy]), ...reversals.sort(compareBytes)])],
  });
  const steps = journeys.stepsTo(destination);
  return {
    facts,
    is_settled: isSettled(known, row),
    ...{ fields, conflicts, journey, credits: creditStories(row, steps) },
    first_deposit: known.first_deposit,
    person: person.player_id === null && person.links.length === 0 ? null : person,
  };
}

const keyOf = (f: FactStory): string => `${f.source} ${f.conversion_id}`;

function isSettled({ facts, returns, journeys, ...id }: KnownConversion, row: ConversionRow): boolean {
  const { brand, conversion_id, conversion_key } = id;
  const must = resolveConversion(
    { brand, conversion_id, conversion_key, type: row.type },
    facts,
    returns,
    journeys,
  );
  must.is_first_deposit = row.is_first_deposit;
  return canonicalJson(flattenConversion(must)) === canonicalJson(row);
}

function storedRow({ custom, ...row }: ConversionRow): StoredRow {
  return { ...row, custom_fields: Object.keys(custom).sort() };
}

function touchWhy(which: string, touch: TouchStory | undefined): string {
  return touch ? `${origin(touch)}, the ${which} of its journey` : 'its journey has no touch';
}

/** A conversion: where it stands, what its sources say, its row and whence every field, its person, its journey. */
export function tellConversion(c: ConversionStory): string {
  return section(`Conversion ${c.conversion_id}: ${c.type} ${c.conversion_key} of ${c.brand}`, [
    c.row && c.paired_with === null ? paragraph(headline(c.row)) : undefined,
    paragraph(conversionVerdict(c)),
    ...blocks(
      ...c.facts.map((f) => tellFact(f)),
      c.pairs.length === 0
        ? undefined
        : paragraph(
            `Part of it: ${c.pairs.map((id) => `weak deposit ${id}`).join(', ')}, the same deposit told without ` +
              'its transaction id.',
          ),
      tellRetractions(c.retractions),
      tellReturns(c.returns),
      ...(c.row && c.paired_with === null ? tellResult(c) : []),
    ),
  ]);
}

/** What it comes to, in a sentence. */
function headline(row: StoredRow): string {
  const { amount, currency, net_amount, status, player_id, sources } = row;
  const net = net_amount === amount ? '' : `, worth ${money({ amount: net_amount, currency })}`;
  const paid = amount === null ? '' : ` of ${money(row)}`;
  const who = player_id === null ? 'an unknown player' : `player ${player_id}`;
  const told = sources.length === 1 ? 'One source' : `${sources.length} sources`;
  const conflict = row.conflict ? ', which disagree' : '';
  return `${row.type}${paid} by ${who}, ${at(row.occurred_at)}: ${status}${net}. ${told} told of it${conflict}.`;
}

function tellResult(c: ConversionStory): (string | undefined)[] {
  return [
    c.fields.length === 0 ? undefined : tellRow(c.fields),
    c.person ? tellPerson(c.person) : undefined,
    c.journey ? tellJourney(c.journey) : undefined,
    tellCredits(c.row!, c.credits),
  ];
}

/** Each with an empty line before it. */
function blocks(...parts: (string | undefined)[]): string[] {
  return parts.filter((p) => p !== undefined).map((p) => `\n${p}`);
}
