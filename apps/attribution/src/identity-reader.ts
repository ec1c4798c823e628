import { readLinks, type Database, type Identity, type IdentityLinkFact } from '#libs/database';
import { endsOf, identityKey, otherEnd } from './identity-graph.js';

/** How far an identity is followed: wherever it leads, or, as the device of a person, to its clicks only. */
type Way = 'everywhere' | 'to clicks';

interface Visit {
  identity: Identity;
  way: Way;
}

/** Reads the links that say who is who, as far as they are needed, each once. */
export class IdentityReader {
  readonly links: IdentityLinkFact[] = [];
  private readonly byEnd = new Map<string, IdentityLinkFact[]>();
  private readonly knownLinks = new Set<string>();
  private readonly loaded = new Set<string>();
  private readonly related = new Map<string, Identity>();

  constructor(private readonly pool: Database['pool']) {}

  /**
   * The identities and all that the same persons are known by. From now on every link is known that says whose the
   * given ones are, and what those persons' journeys are made of.
   */
  async relatedTo(identities: readonly Identity[]): Promise<Identity[]> {
    const found = new Map<string, Identity>();
    const seen = new Set<string>();
    let visits = identities.map((identity): Visit => ({ identity, way: 'everywhere' }));
    while (visits.length > 0) {
      await this.load(visits);
      const next: Visit[] = [];
      for (const { identity, way } of visits) {
        const key = identityKey(identity);
        if (seen.has(`${way}\0${key}`)) continue;
        seen.add(`${way}\0${key}`);
        found.set(key, identity);
        for (const link of this.byEnd.get(key) ?? []) {
          const other = otherEnd(link, identity);
          const onward = wayTo(other, identity, way);
          if (onward === undefined) continue;
          found.set(identityKey(other), other);
          if (onward !== 'no further') next.push({ identity: other, way: onward });
        }
      }
      visits = next;
    }
    for (const [key, identity] of found) this.related.set(key, identity);
    return [...found.values()];
  }

  /** Everything that was found so far. */
  known(): Identity[] {
    return [...this.related.values()];
  }

  private async load(visits: readonly Visit[]): Promise<void> {
    const missing = visits.map((v) => v.identity).filter((i) => !this.loaded.has(identityKey(i)));
    for (const identity of missing) this.loaded.add(identityKey(identity));
    for (const link of await readLinks(this.pool, missing)) {
      const [left, right] = endsOf(link).map(identityKey) as [string, string];
      const key = `${left}\0${right}`;
      if (this.knownLinks.has(key)) continue;
      this.knownLinks.add(key);
      this.links.push(link);
      for (const end of [left, right]) {
        const there = this.byEnd.get(end);
        if (there) there.push(link);
        else this.byEnd.set(end, [link]);
      }
    }
  }
}

/** Undefined: what it leads to is another person's. */
function wayTo({ kind }: Identity, from: Identity, way: Way): Way | 'no further' | undefined {
  if (kind === 'click') return from.kind === 'click' ? undefined : 'no further';
  if (way === 'to clicks') return undefined;
  if (kind === 'client') return from.kind === 'click' ? 'everywhere' : 'to clicks';
  return 'everywhere';
}
