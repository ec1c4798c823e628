/** Sub ids that a click may carry. */
export const SUB_IDS = Array.from({ length: 10 }, (_, i) => `sub${i + 1}`);
/** Parameters that say where a click came from. */
export const UTM_PARAMS = ['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content'] as const;

/** What a tracking link's placeholders are filled with. */
export interface Filling {
  click_id: string;
  sub_ids?: Readonly<Record<string, string>> | undefined;
  utm?: Readonly<Record<string, string>> | undefined;
}

const PLACEHOLDERS = new Set<string>(['click_id', ...SUB_IDS, ...UTM_PARAMS]);

/** A tracking link with placeholders: `https://brand.example/?cid={click_id}&s={sub1}`. */
export class TrackingLink {
  /** Texts and placeholders' names in turn, beginning and ending with a text. */
  private readonly parts: readonly string[];

  private constructor(url: string) {
    this.parts = url.split(/[{}]/);
  }

  /** @returns what is wrong with the URL, in words, where it is no tracking link */
  static parse(url: string): TrackingLink | string {
    if (/[^\x21-\x7e]/.test(url)) return 'must be printable ASCII without spaces (percent-encode the rest)';
    const names = [...url.matchAll(/\{([^{}]*)\}/g)].map((m) => m[1]!);
    if (/[{}]/.test(url.replace(/\{[^{}]*\}/g, ''))) return 'has a brace without its partner';
    const unknown = names.find((name) => !PLACEHOLDERS.has(name));
    if (unknown !== undefined) {
      return `has the unknown placeholder {${unknown}} (known: click_id, sub1 to sub10, utm_source, utm_medium, utm_campaign, utm_term, utm_content)`;
    }
    // A placeholder in the host would let a visitor's parameter choose where we redirect to.
    const [a, b] = ['a', 'b'].map((filler) => {
      const filled = url.replace(/\{[^{}]*\}/g, filler);
      return URL.canParse(filled) ? new URL(filled) : undefined;
    });
    if (!a || !b || !/^https?:$/.test(a.protocol)) return 'must be an absolute http or https URL';
    if (a.origin !== b.origin) return 'must not have a placeholder in its host';
    if (a.username !== '' || b.username !== '') return 'must not hold a user name';
    return new TrackingLink(url);
  }

  /** The URL with every placeholder filled in, percent-encoded; what is not known is empty. */
  fill(filling: Filling): string {
    return this.parts
      .map((part, i) => (i % 2 === 0 ? part : encodeURIComponent(valueOf(part, filling))))
      .join('');
  }
}

function valueOf(name: string, filling: Filling): string {
  if (name === 'click_id') return filling.click_id;
  return (name.startsWith('utm_') ? filling.utm?.[name.slice(4)] : filling.sub_ids?.[name]) ?? '';
}
