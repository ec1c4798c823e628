import { serveLoopback, wholeNumber, type LoopbackPartner, type PartnerAnswer } from '#apps/standalone';

/** An order as Shopify's Admin API gives it. */
export interface ShopifyOrder {
  id: number;
  created_at: string;
  updated_at: string;
  [field: string]: unknown;
}

/**
 * Plays `GET /admin/api/{version}/orders.json`: a token in a header; by `since_id` in ascending order of ids, else by
 * `updated_at_min` and `updated_at_max`, both included, with the next page in the Link header.
 * @see https://shopify.dev/docs/api/admin-rest/latest/resources/order
 */
export function playShopify(token: string, orders: () => readonly ShopifyOrder[]): Promise<LoopbackPartner> {
  return serveLoopback(({ url, headers }) => {
    if (!/^\/admin\/api\/\d{4}-\d{2}\/orders\.json$/.test(url.pathname)) return refusal(404, 'Not Found');
    if (headers['x-shopify-access-token'] !== token) return refusal(401, 'Invalid API key or access token');
    const pageInfo = url.searchParams.get('page_info');
    const asked = pageInfo === null ? url.searchParams : new URLSearchParams(atob(pageInfo));
    const limit = wholeNumber(url, 'limit', 50);
    if (limit > 250) return refusal(400, 'limit must be at most 250');
    const found = chosen(orders(), asked);
    const offset = Number(asked.get('offset') ?? 0);
    const page = found.slice(offset, offset + limit);
    const next = new URLSearchParams({ ...Object.fromEntries(asked), offset: String(offset + limit) });
    const link = `<${url.origin}${url.pathname}?limit=${limit}&page_info=${encodeURIComponent(btoa(next.toString()))}>; rel="next"`;
    return {
      status: 200,
      headers: offset + limit < found.length && !asked.has('since_id') ? { link } : {},
      body: JSON.stringify({ orders: page }),
    };
  });
}

function chosen(orders: readonly ShopifyOrder[], asked: URLSearchParams): ShopifyOrder[] {
  const since = asked.get('since_id');
  if (since !== null) {
    return orders.filter(({ id }) => id > Number(since)).sort((a, b) => a.id - b.id);
  }
  const at = (name: string): number => Date.parse(asked.get(name) ?? '');
  const [min, max] = [at('updated_at_min'), at('updated_at_max')];
  return orders
    .filter(({ updated_at }) => Date.parse(updated_at) >= min && Date.parse(updated_at) <= max)
    .sort((a, b) => b.id - a.id);
}

function refusal(status: number, errors: string): PartnerAnswer {
  return { status, body: JSON.stringify({ errors }) };
}
