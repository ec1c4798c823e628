/**
 * By which way a source tells, in the order in which their words weigh: a partner's own API first, what a browser's
 * tag and GA4 saw last.
 */
export const TRUSTS = ['partner_api', 'pubsub', 'postback', 'pixel_server', 'pixel_browser', 'ga4'] as const;

export type Trust = (typeof TRUSTS)[number];

const OF_PIXELS: Readonly<Record<string, Trust>> = {
  'pixel-server': 'pixel_server',
  'pixel-browser': 'pixel_browser',
};

/** How an event's source tells: as the event says, else by the source's name. A source that is not a pixel is a
 * partner's own record. */
export function trustOf({ source, trust }: { source: string; trust?: Trust | undefined }): Trust {
  return trust ?? OF_PIXELS[source] ?? 'partner_api';
}
