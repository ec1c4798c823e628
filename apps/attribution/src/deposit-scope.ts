import {
  readDepositsWithin,
  readEarliestDeposits,
  readFacts,
  type ConversionFact,
  type Database,
  type FormerHolder,
  type Identity,
} from '#libs/database';
import type { Instant } from '#libs/events';
import { distinctIdentities, identityKey, namedBy } from './identity-graph.js';
import type { IdentityReader } from './identity-reader.js';
import { Windows } from './identity-windows.js';
import { Journeys } from './journeys.js';
import { pairingKeyOf } from './pair-deposits.js';
import { isWeak, playerKey } from './project-conversions.js';
import { mergeFacts, type PlayerFinder } from './resolve-conversion.js';

/** How many words of a player's earliest deposits are looked at first. Most players have no more. */
const FIRST_LOOK = 6;
/** So many times more, where the player's first deposit is not among them. */
const FURTHER = 8;

/**
 * Reads the deposits that a change of deposits may have moved: the earliest of their players, one of which is the
 * first, and those that may be pairs. Of a player with many deposits it reads no others.
 */
export class DepositScope {
  /** Identities that have more deposits: those before an instant are known. */
  private readonly crowded = new Map<string, { identity: Identity; before: Instant }>();
  private readonly factsOf = new Map<string, ConversionFact[]>();
  private readonly changed: ReadonlySet<string>;
  private readonly formersOf = new Map<string, FormerHolder[]>();
  private limit = FIRST_LOOK;
  private readonly players: PlayerFinder;
  /** Whose deposits are looked at, by `identityKey`. */
  readonly owners = new Set<string>();

  /**
   * @param facts of the changed conversions; what is read is added to them
   * @param formers words of theirs that no longer stand
   */
  constructor(
    private readonly pool: Database['pool'],
    private readonly reader: IdentityReader,
    private readonly facts: ConversionFact[],
    formers: readonly FormerHolder[],
  ) {
    this.players = new Journeys(reader.graph, []);
    this.keep(facts);
    for (const former of formers) {
      const there = this.formersOf.get(former.conversion_id);
      if (there) there.push(former);
      else this.formersOf.set(former.conversion_id, [former]);
    }
    this.changed = new Set([...this.factsOf.keys(), ...this.formersOf.keys()]);
  }

  async read(): Promise<void> {
    const named = distinctIdentities([...this.changed].flatMap((id) => this.ownersOf(id)));
    const owners = await this.reader.relatedTo(named);
    for (const owner of owners) this.owners.add(owner.key);
    await this.readEarliest(owners);
    await this.readPairs();
  }

  /** Looks at more of the earliest deposits of those who have more. */
  async readFurther(): Promise<void> {
    this.limit *= FURTHER;
    await this.readEarliest([...this.crowded.values()].map((c) => c.identity));
    await this.readPairs();
  }

  /** Whose the changed deposits may be or have been (by `identityKey`), where there is one that may have been a pair. */
  async holders(): Promise<Map<string, Set<string>>> {
    const holders = new Map<string, Set<string>>();
    if (!this.facts.some((f) => f.weak) && [...this.changed].every((id) => this.factsOf.has(id)))
      return holders;
    for (const id of this.changed) {
      const owners = this.ownersOf(id);
      if (owners.length === 0) continue;
      holders.set(id, new Set((await this.reader.relatedTo(owners)).map((i) => i.key)));
    }
    return holders;
  }

  /** Of which players (by `playerKey`) only the deposits before an instant are known. */
  async knownBefore(): Promise<Map<string, Instant>> {
    const known = new Map<string, Instant>();
    for (const { identity, before } of this.crowded.values()) {
      const players = identity.kind === 'player' ? [identity] : await this.reader.relatedTo([identity]);
      for (const { brand, kind, id } of players) {
        const key = playerKey(brand, id);
        const there = known.get(key);
        if (kind === 'player' && (there === undefined || before < there)) known.set(key, before);
      }
    }
    return known;
  }

  private async readEarliest(identities: readonly Identity[]): Promise<void> {
    const { conversionIds, known } = await readEarliestDeposits(this.pool, identities, this.limit);
    for (const identity of identities) this.crowded.delete(identityKey(identity));
    for (const { identity, before } of known) {
      const key = identityKey(identity);
      const there = this.crowded.get(key);
      if (there === undefined || before < there.before) this.crowded.set(key, { identity, before });
    }
    await this.add(conversionIds);
  }

  /** Adds what the known deposits may be paired with, and whatever that may be paired with, and so on. Everybody
   * who is not crowded has all of their deposits here already. */
  private async readPairs(): Promise<void> {
    if (this.crowded.size === 0) return;
    const expanded = new Set<string>();
    const keys = new Set<string>();
    let next = [...this.factsOf.keys()];
    for (let round = 0; next.length > 0; round++) {
      const windows = { weak: new Windows(), strong: new Windows() };
      for (const id of next) {
        expanded.add(id);
        const key = this.pairingKeyOf(id);
        if (key !== undefined) keys.add(key);
        await this.addWindows(id, windows);
      }
      const [weak, strong] = await Promise.all([
        readDepositsWithin(this.pool, windows.weak.merged(), true),
        readDepositsWithin(this.pool, windows.strong.merged(), false),
      ]);
      await this.add([...weak, ...strong]);
      // What lies near a changed one may have been its pair by any amount; further on only what can be one
      next = [...this.factsOf.keys()].filter(
        (id) => !expanded.has(id) && (round === 0 || keys.has(this.pairingKeyOf(id) ?? '')),
      );
    }
  }

  /** Where the counterparts of a deposit lie: near any word that is or was told of it. */
  private async addWindows(id: string, windows: { weak: Windows; strong: Windows }): Promise<void> {
    const facts = this.factsOf.get(id) ?? [];
    if (facts.length > 0 && facts[0]!.type !== 'deposit') return;
    const owners = await this.reader.relatedTo(this.ownersOf(id));
    const crowded = owners.filter((owner) => this.crowded.has(owner.key));
    if (crowded.length === 0) return;
    const times = [...facts, ...(this.formersOf.get(id) ?? [])].map((f) => f.occurred_at);
    for (const at of times) {
      if (facts.length === 0 || !isWeak(facts)) windows.weak.addAround(at, crowded);
      if (facts.length === 0 || isWeak(facts)) windows.strong.addAround(at, crowded);
    }
  }

  private pairingKeyOf(id: string): string | undefined {
    const facts = this.factsOf.get(id);
    if (facts === undefined || facts[0]!.type !== 'deposit') return undefined;
    const { brand } = facts[0]!;
    const merged = mergeFacts(brand, facts, [], this.players);
    return pairingKeyOf({ conversion_id: id, brand, ...merged });
  }

  /** Whose a deposit is or was, as far as anybody says. */
  private ownersOf(id: string): Identity[] {
    const facts = this.factsOf.get(id) ?? [];
    if (facts.length > 0 && facts[0]!.type !== 'deposit') return [];
    return [...facts, ...(this.formersOf.get(id) ?? [])].flatMap(namedBy);
  }

  private async add(conversionIds: readonly string[]): Promise<void> {
    const missing = [...new Set(conversionIds)].filter((id) => !this.factsOf.has(id));
    const found = await readFacts(this.pool, missing);
    for (const fact of found) this.facts.push(fact);
    this.keep(found);
    await this.reader.relatedTo(distinctIdentities(found.flatMap(namedBy)));
  }

  private keep(facts: readonly ConversionFact[]): void {
    for (const fact of facts) {
      const there = this.factsOf.get(fact.conversion_id);
      if (there) there.push(fact);
      else this.factsOf.set(fact.conversion_id, [fact]);
    }
  }
}
