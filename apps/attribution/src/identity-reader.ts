import { readLinks, type Database, type Identity } from '#libs/database';
import { IdentityGraph, endsOf, keyed, type KeyedIdentity } from './identity-graph.js';

/** How far an identity is followed: wherever it leads, or, as the device of a person, to its clicks only. */
type Way = 'everywhere' | 'to clicks';

interface Visit {
  identity: KeyedIdentity;
  way: Way;
}

/** Reads the links that say who is who, as far as they are needed, each once. */
export class IdentityReader {
  /** Who is who, by the links that were read so far. */
  readonly graph = new IdentityGraph();
  private readonly knownLinks = new Set<string>();
  private readonly loaded = new Set<string>();

  constructor(private readonly pool: Database['pool']) {}

  /**
   * The identities and all that the same persons are known by. From now on every link is known that says whose the
   * given ones are, and what those persons' journeys are made of.
   */
  async relatedTo(identities: readonly Identity[]): Promise<KeyedIdentity[]> {
    const found = new Map<string, KeyedIdentity>();
    const seen: Record<Way, Set<string>> = { everywhere: new Set(), 'to clicks': new Set() };
    let visits = identities.map((identity): Visit => ({ identity: keyed(identity), way: 'everywhere' }));
    while (visits.length > 0) {
      const missing = visits.map((v) => v.identity).filter(({ key }) => !this.loaded.has(key));
      if (missing.length > 0) await this.load(missing);
      const next: Visit[] = [];
      for (const { identity, way } of visits) {
        if (seen[way].has(identity.key)) continue;
        seen[way].add(identity.key);
        found.set(identity.key, identity);
        for (const { other } of this.graph.tiesOf(identity.key)) {
          const onward = wayTo(other, identity, way);
          if (onward === undefined) continue;
          found.set(other.key, other);
          if (onward !== 'no further') next.push({ identity: other, way: onward });
        }
      }
      visits = next;
    }
    return [...found.values()];
  }

  private async load(missing: readonly KeyedIdentity[]): Promise<void> {
    for (const { key } of missing) this.loaded.add(key);
    for (const link of await readLinks(this.pool, missing)) {
      const [left, right] = endsOf(link).map(keyed) as [KeyedIdentity, KeyedIdentity];
      const key = `${left.key}\0${right.key}`;
      if (this.knownLinks.has(key)) continue;
      this.knownLinks.add(key);
      this.graph.add(link, [left, right]);
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
