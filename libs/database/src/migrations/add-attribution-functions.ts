import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The question who earned what, answered in SQL as `apps/attribution/src/models/` answers it: the same journeys, the
 * same weights, the same shares to the last digit. Everything is looked up key by key (`LATERAL (… OFFSET 0)`) or
 * sorted: no statistics, however old, make PostgreSQL join each with each.
 */
export class AddAttributionFunctions1764200000000 implements MigrationInterface {
  name = 'AddAttributionFunctions1764200000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

/** Digits of currencies' smallest units: ISO 4217, list one, and codes of its past. */
const CURRENCIES = {
  0: `BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF`,
  2: `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
    CHF CNY COP CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD
    HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK
    MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB
    SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH
    USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG ZWL`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

const CURRENCY_EXPONENT = `
CREATE FUNCTION tributary.currency_exponent(currency text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE ${Object.entries(CURRENCIES)
    .map(([exponent, codes]) => `WHEN currency = ANY ('{${codes.split(/\s+/).join()}}') THEN ${exponent}`)
    .join('\n    ')}
    ELSE 18 END
$$`;

/** The touches of the identities `o (brand, kind, id)`. */
const TOUCHES = ['click', 'client', 'user', 'player']
  .map(
    (kind) => `
      SELECT t.touch_id, t.occurred_at, t.utm_source, t.utm_medium, t.utm_campaign, t.click_id
      FROM tributary.touchpoints t WHERE o.kind = '${kind}' AND t.${kind}_id = o.id AND t.brand = o.brand`,
  )
  .join(' UNION ALL');

const CONVERSION_TOUCHES = `
CREATE FUNCTION tributary.conversion_touches(
  from_at timestamptz DEFAULT NULL, to_at timestamptz DEFAULT NULL, brand text DEFAULT NULL,
  look_back interval DEFAULT NULL)
RETURNS TABLE (conversion_id text, "position" integer, touches integer, touch_id text, at timestamptz, source text,
  medium text, campaign text, click_id text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
WITH destinations AS MATERIALIZED (
  SELECT c.conversion_id, c.brand, c.player_id, c.client_id, c.user_id, c.occurred_at,
    CASE WHEN c.provenance ->> 'click_id' = 'identity_link' THEN NULL ELSE c.click_id END AS click_id,
    -- in hours and seconds: a day of the session's time zone may have 23 hours
    c.occurred_at - coalesce(
      make_interval(secs => extract(epoch FROM conversion_touches.look_back)::double precision),
      make_interval(hours => 24 * coalesce(b.look_back_days, 30))) AS since
  FROM tributary.conversions c LEFT JOIN tributary.brand_settings b ON b.brand = c.brand
  WHERE c.status = 'approved'
    AND (conversion_touches.from_at IS NULL OR c.occurred_at >= conversion_touches.from_at)
    AND (conversion_touches.to_at IS NULL OR c.occurred_at < conversion_touches.to_at)
    AND (conversion_touches.brand IS NULL OR c.brand = conversion_touches.brand)
), players AS (
  SELECT d.brand, d.player_id, array_agg(d.conversion_id) AS ids, array_agg(d.occurred_at) AS instants,
    array_agg(d.since) AS sinces, array_agg(d.click_id) AS clicks
  FROM destinations d WHERE d.player_id IS NOT NULL GROUP BY d.brand, d.player_id
), owned AS (
  -- a player's conversions, and each identity of the player's person: players and users joined by their links, their
  -- clients, the clicks of all these
  SELECT p.brand, p.ids, p.instants, p.sinces, p.clicks, i.kind, i.id
  FROM players p, LATERAL (
    WITH RECURSIVE identities (kind, id) AS (
      SELECT 'player' COLLATE "C", p.player_id
      UNION
      SELECT l.kind, l.id FROM identities i, LATERAL (
        SELECT l.left_kind AS kind, l.left_id AS id FROM tributary.identity_links l
          WHERE i.kind <> 'click' AND l.right_id = i.id AND l.right_kind = i.kind AND l.brand = p.brand
        UNION ALL
        SELECT l.right_kind, l.right_id FROM tributary.identity_links l
          WHERE i.kind = 'user' AND l.left_id = i.id AND l.left_kind = 'user' AND l.right_kind = 'player'
            AND l.brand = p.brand
        OFFSET 0) l)
    SELECT kind, id FROM identities OFFSET 0) i
  UNION ALL
  -- a conversion, and what it names itself: its click, its user and its client, and the clicks of these two
  SELECT d.brand, ARRAY[d.conversion_id], ARRAY[d.occurred_at], ARRAY[d.since], ARRAY[d.click_id], i.kind, i.id
  FROM destinations d, LATERAL (
    VALUES ('click', d.click_id), ('user', d.user_id), ('client', d.client_id)
    UNION ALL
    SELECT 'click', l.left_id FROM (VALUES ('user', d.user_id), ('client', d.client_id)) own (kind, id), LATERAL (
      SELECT l.left_id FROM tributary.identity_links l
      WHERE l.right_id = own.id AND l.right_kind = own.kind AND l.left_kind = 'click' AND l.brand = d.brand
      OFFSET 0) l
    OFFSET 0) i (kind, id)
  WHERE i.id IS NOT NULL
), steps AS (
  -- a touch that two identities lead to comes twice; the click that a conversion names counts whatever its clock says
  SELECT DISTINCT ON (d.conversion_id, least(t.occurred_at, d.occurred_at), t.touch_id)
    d.conversion_id, least(t.occurred_at, d.occurred_at) AS at, t.*
  FROM owned o, LATERAL (${TOUCHES}
    OFFSET 0) t, LATERAL unnest(o.ids, o.instants, o.sinces, o.clicks) d (conversion_id, occurred_at, since, click_id)
  WHERE t.occurred_at >= d.since AND (t.occurred_at <= d.occurred_at OR t.click_id = d.click_id)
  ORDER BY d.conversion_id, least(t.occurred_at, d.occurred_at), t.touch_id
)
SELECT s.conversion_id, row_number() OVER (PARTITION BY s.conversion_id ORDER BY s.at, s.touch_id)::integer,
  count(*) OVER (PARTITION BY s.conversion_id)::integer, s.touch_id, s.at, s.utm_source, s.utm_medium, s.utm_campaign,
  s.click_id
FROM steps s
$$`;

const ONE = '1000000000000000000';
const LN_2 = '693147180559945309';
const HALF_LIFE_MICROS = '604800000000';
/** e^-x by its series, in units of 10^-18, each step rounded down. */
const KEPT = Array.from({ length: 18 }, (_, i) => 18 - i).reduce(
  (sum, n) => `${ONE} - div(e.x * (${sum}), ${n}${ONE.slice(1)})`,
  ONE,
);

/** Every model's weight of the step `e`, by its name; the last step's is above 0. */
const WEIGHTS = {
  first_touch: '(e.position = 1)::integer',
  last_touch: '(e.position = e.touches)::integer',
  last_non_direct: '(e.position = coalesce(e.last_non_direct, e.touches))::integer',
  linear: '1',
  position: `CASE WHEN e.touches <= 2 THEN 1 WHEN e.position IN (1, e.touches) THEN 2 * (e.touches - 2) ELSE 1 END`,
  time_decay: `CASE WHEN e.age = 0 THEN ${ONE} ELSE
      greatest(1, div(${KEPT}, (1::bigint << least(e.age / ${HALF_LIFE_MICROS}, 62)::integer)::numeric)) END`,
};
const KEYS = { source: 's.source', campaign: 's.campaign', click: 's.click_id' };

const cases = (of: string, by: Record<string, string>): string =>
  `CASE ${of} ${Object.entries(by)
    .map(([name, sql]) => `WHEN '${name}' THEN ${sql}`)
    .join('\n      ')} END`;

const refusal = (parameter: string, of: object): string => {
  const names = Object.keys(of);
  return `IF attribution.${parameter} = ANY ('{${names.join()}}') IS NOT TRUE THEN
    RAISE EXCEPTION '${parameter} must be one of ${names.join(', ')}' USING ERRCODE = 'invalid_parameter_value';
  END IF;`;
};

/** Shares of the whole number `units` by the largest remainder, ties by touch id. */
const share = (what: string): string =>
  `r.${what}_share + (r.${what} - sum(r.${what}_share) OVER conversion
      >= row_number() OVER (PARTITION BY r.conversion_id ORDER BY r.${what}_rest DESC, r.touch_id))::integer`;

const ATTRIBUTION = `
CREATE FUNCTION tributary.attribution(
  model text, by text, from_at timestamptz DEFAULT NULL, to_at timestamptz DEFAULT NULL, brand text DEFAULT NULL,
  look_back interval DEFAULT NULL)
RETURNS TABLE (key text, touched boolean, type text, currency text, conversions numeric, amount numeric)
LANGUAGE plpgsql STABLE PARALLEL SAFE SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
BEGIN
  ${refusal('model', WEIGHTS)}
  ${refusal('by', KEYS)}
  RETURN QUERY
  -- OFFSET 0: what stands before it is worked out once a row
  WITH told AS (
    -- each conversion at position 0, its steps behind it
    SELECT c.conversion_id, 0 AS position, NULL::text COLLATE "C" AS touch_id, NULL::timestamptz AS at, NULL::text AS key,
      false AS is_direct, c.type, c.currency, c.net_amount
    FROM tributary.conversions c
    WHERE c.status = 'approved' AND (attribution.from_at IS NULL OR c.occurred_at >= attribution.from_at)
      AND (attribution.to_at IS NULL OR c.occurred_at < attribution.to_at)
      AND (attribution.brand IS NULL OR c.brand = attribution.brand)
    UNION ALL
    SELECT s.conversion_id COLLATE "C", s.position, s.touch_id COLLATE "C", s.at, ${cases('attribution.by', KEYS)},
      lower(coalesce(s.source, 'direct') COLLATE "C") IN ('direct', '(direct', 'direct)', '(direct)'), NULL, NULL, NULL
    FROM tributary.conversion_touches(
      attribution.from_at, attribution.to_at, attribution.brand, attribution.look_back) s
  ), journeys AS (
    SELECT t.conversion_id, t.position, t.touch_id, t.key,
      first_value(t.type) OVER conversion AS type, first_value(t.currency) OVER conversion AS currency,
      first_value(t.net_amount) OVER conversion AS net_amount,
      last_value(t.position) OVER conversion AS touches,
      max(t.position) FILTER (WHERE NOT t.is_direct AND t.position > 0) OVER conversion AS last_non_direct,
      (extract(epoch FROM last_value(t.at) OVER conversion - t.at) * 1000000)::bigint AS age
    FROM told t
    WINDOW conversion AS (PARTITION BY t.conversion_id ORDER BY t.position
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
  ), weighed AS (
    SELECT e.*, ${cases('attribution.model', WEIGHTS)}::numeric AS weight, 1000000 AS count,
      coalesce(trunc(e.net_amount * 10::numeric ^ e.scale), 0) AS units
    FROM (
      SELECT j.*, div(${LN_2} * (j.age % ${HALF_LIFE_MICROS})::numeric, ${HALF_LIFE_MICROS}) AS x,
        greatest(tributary.currency_exponent(j.currency), scale(trim_scale(j.net_amount))) AS scale
      FROM journeys j WHERE j.touches > 0 AND j.position > 0
      OFFSET 0) e
    OFFSET 0
  ), rounded AS (
    SELECT w.*, div(w.count * w.weight, w.total) AS count_share, mod(w.count * w.weight, w.total) AS count_rest,
      div(w.units * w.weight, w.total) AS units_share, mod(w.units * w.weight, w.total) AS units_rest
    FROM (SELECT w.*, sum(w.weight) OVER (PARTITION BY w.conversion_id) AS total FROM weighed w WHERE w.weight > 0) w
    OFFSET 0
  ), credits AS (
    SELECT r.key, true AS touched, r.type, r.currency, ${share('count')} AS count,
      (${share('units')}) * trunc(10::numeric ^ (18 - r.scale)) AS units
    FROM rounded r
    WINDOW conversion AS (PARTITION BY r.conversion_id)
    UNION ALL
    SELECT NULL, false, j.type, j.currency, 1000000, trunc(j.net_amount * ${ONE})
    FROM journeys j WHERE j.touches = 0
  )
  SELECT c.key, c.touched, c.type, c.currency, trim_scale(sum(c.count) * 0.000001),
    CASE WHEN c.currency IS NOT NULL THEN trim_scale(coalesce(sum(c.units), 0) * 0.000000000000000001) END
  FROM credits c
  GROUP BY c.key, c.touched, c.type, c.currency
  ORDER BY c.type COLLATE "C", c.currency COLLATE "C" NULLS FIRST, c.touched DESC, sum(c.units) DESC NULLS LAST,
    sum(c.count) DESC, c.key COLLATE "C" NULLS FIRST;
END
$$`;

const UP = [CURRENCY_EXPONENT, CONVERSION_TOUCHES, ATTRIBUTION];

const DOWN = [
  'DROP FUNCTION tributary.attribution(text, text, timestamptz, timestamptz, text, interval)',
  'DROP FUNCTION tributary.conversion_touches(timestamptz, timestamptz, text, interval)',
  'DROP FUNCTION tributary.currency_exponent(text)',
];
