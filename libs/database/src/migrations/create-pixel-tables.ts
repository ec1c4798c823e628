import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Facts of clicks, touchpoints, identity links and conversions, and the projections made of them. Keys sort
 * by bytes (`COLLATE "C"`), so that every server gives the same order whatever its locale. In an index the brand
 * comes last: where it comes first, an empty table's statistics make every index of it look as good as the one
 * whose other columns are asked for.
 */
export class CreatePixelTables1763700000000 implements MigrationInterface {
  name = 'CreatePixelTables1763700000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UTM = `utm_source text, utm_medium text, utm_campaign text, utm_term text, utm_content text`;

const UP = [
  `CREATE SEQUENCE tributary.revisions`,
  `CREATE TABLE tributary.clicks (
    brand text COLLATE "C" NOT NULL,
    click_id text COLLATE "C" NOT NULL,
    source text NOT NULL,
    link text,
    occurred_at timestamptz NOT NULL,
    player_id text COLLATE "C",
    referrer text,
    ${UTM},
    sub_ids jsonb NOT NULL,
    ad_click_ids jsonb NOT NULL,
    client jsonb NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    receipt_id uuid NOT NULL,
    first_receipt_id uuid NOT NULL,
    first_received_at timestamptz NOT NULL,
    PRIMARY KEY (click_id, brand))`,
  `CREATE TABLE tributary.touchpoints (
    brand text COLLATE "C" NOT NULL,
    touch_id text COLLATE "C" NOT NULL,
    source text NOT NULL,
    occurred_at timestamptz NOT NULL,
    click_id text COLLATE "C",
    player_id text COLLATE "C",
    ${UTM},
    sub_ids jsonb NOT NULL,
    ad_click_ids jsonb NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    receipt_id uuid NOT NULL,
    first_received_at timestamptz NOT NULL,
    PRIMARY KEY (touch_id, brand))`,
  `CREATE INDEX touchpoints_click ON tributary.touchpoints (click_id, brand) WHERE click_id IS NOT NULL`,
  `CREATE INDEX touchpoints_player ON tributary.touchpoints (player_id, brand) WHERE player_id IS NOT NULL`,
  `CREATE TABLE tributary.identity_links (
    brand text COLLATE "C" NOT NULL,
    click_id text COLLATE "C" NOT NULL,
    player_id text COLLATE "C" NOT NULL,
    occurred_at timestamptz NOT NULL,
    registered_at timestamptz,
    first_received_at timestamptz NOT NULL,
    PRIMARY KEY (click_id, player_id, brand))`,
  `CREATE INDEX identity_links_player ON tributary.identity_links (player_id, brand)`,
  `CREATE TABLE tributary.conversion_facts (
    conversion_id text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    brand text COLLATE "C" NOT NULL,
    type text NOT NULL,
    conversion_key text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    status_rank smallint NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    receipt_id uuid NOT NULL,
    player_id text COLLATE "C",
    click_id text COLLATE "C",
    transaction_id text COLLATE "C",
    occurred_at timestamptz NOT NULL,
    amount numeric(38,18),
    currency text,
    status text NOT NULL,
    weak boolean NOT NULL,
    client jsonb NOT NULL,
    custom jsonb NOT NULL,
    player_id_low text COLLATE "C",
    player_id_high text COLLATE "C",
    money_low text COLLATE "C",
    money_high text COLLATE "C",
    first_receipt_id uuid NOT NULL,
    first_received_at timestamptz NOT NULL,
    last_received_at timestamptz NOT NULL,
    previous_player_id text COLLATE "C",
    previous_click_id text COLLATE "C",
    PRIMARY KEY (conversion_id, source))`,
  `CREATE TABLE tributary.former_holders (
    conversion_id text COLLATE "C" NOT NULL,
    player_id text COLLATE "C" NOT NULL,
    click_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (conversion_id, player_id, click_id))`,
  `CREATE INDEX conversion_facts_player ON tributary.conversion_facts (player_id, brand) WHERE player_id IS NOT NULL`,
  `CREATE INDEX conversion_facts_click ON tributary.conversion_facts (click_id, brand)
    WHERE player_id IS NULL AND click_id IS NOT NULL`,
  `CREATE TABLE tributary.conversions (
    conversion_id text COLLATE "C" PRIMARY KEY,
    brand text COLLATE "C" NOT NULL,
    type text NOT NULL,
    conversion_key text COLLATE "C" NOT NULL,
    player_id text COLLATE "C",
    click_id text COLLATE "C",
    transaction_id text COLLATE "C",
    occurred_at timestamptz NOT NULL,
    amount numeric(38,18),
    currency text,
    net_amount numeric(38,18),
    status text NOT NULL,
    is_first_deposit boolean NOT NULL,
    sources text[] NOT NULL,
    conflict boolean NOT NULL,
    provenance jsonb NOT NULL,
    sub_ids jsonb NOT NULL,
    custom jsonb NOT NULL,
    ${['first', 'last']
      .map(
        (which) => `${which}_touch_at timestamptz, ${which}_touch_source text, ${which}_touch_medium text,
    ${which}_touch_campaign text, ${which}_touch_click_id text COLLATE "C"`,
      )
      .join(',\n    ')},
    attributed boolean NOT NULL,
    first_received_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision bigint NOT NULL)`,
  `CREATE INDEX conversions_occurred_at ON tributary.conversions USING brin (occurred_at)`,
  `CREATE TABLE tributary.deposit_pairings (
    conversion_id text COLLATE "C" PRIMARY KEY,
    paired_with text COLLATE "C",
    revision bigint NOT NULL)`,
  `CREATE TABLE tributary.receipts (
    receipt_id uuid PRIMARY KEY,
    event_id text COLLATE "C" NOT NULL,
    brand text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    source text NOT NULL,
    click_id text COLLATE "C",
    conversion_id text COLLATE "C",
    is_test boolean NOT NULL,
    raw_position text,
    received_at timestamptz NOT NULL)`,
  `CREATE INDEX receipts_event ON tributary.receipts USING hash (event_id)`,
  `CREATE TABLE tributary.unsettled_batches (
    topic text NOT NULL,
    partition integer NOT NULL,
    first_offset bigint NOT NULL,
    last_offset bigint NOT NULL,
    PRIMARY KEY (topic, partition, first_offset, last_offset))`,
  `CREATE TABLE tributary.dead_letters (
    dead_letter_id text COLLATE "C" PRIMARY KEY,
    reason text NOT NULL,
    path text NOT NULL,
    detail text NOT NULL,
    source text,
    receipt_id text COLLATE "C",
    event_id text COLLATE "C",
    topic text NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    record_key bytea NOT NULL,
    original bytea NOT NULL,
    original_truncated boolean NOT NULL,
    app text NOT NULL,
    app_version text NOT NULL,
    failed_at timestamptz NOT NULL,
    replayed_at timestamptz)`,
  `CREATE INDEX dead_letters_failed_at ON tributary.dead_letters (failed_at)`,
  `CREATE INDEX dead_letters_receipt ON tributary.dead_letters (receipt_id) WHERE receipt_id IS NOT NULL`,
];

const DOWN = [
  'dead_letters',
  'unsettled_batches',
  'receipts',
  'deposit_pairings',
  'conversions',
  'former_holders',
  'conversion_facts',
  'identity_links',
  'touchpoints',
  'clicks',
]
  .map((table) => `DROP TABLE tributary.${table}`)
  .concat('DROP SEQUENCE tributary.revisions');
