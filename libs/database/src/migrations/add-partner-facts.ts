import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What partners tell beyond the pixel: how far a source is trusted, clients and users beside clicks and players,
 * refunds and reversals. No table is rewritten: columns come empty or with a constant default.
 */
export class AddPartnerFacts1763800000000 implements MigrationInterface {
  name = 'AddPartnerFacts1763800000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP = [
  `ALTER TABLE tributary.conversion_facts
    ADD COLUMN trust text,
    ADD COLUMN client_id text COLLATE "C",
    ADD COLUMN user_id text COLLATE "C",
    ADD COLUMN previous_client_id text COLLATE "C",
    ADD COLUMN previous_user_id text COLLATE "C",
    ADD COLUMN previous_occurred_at timestamptz`,
  `ALTER TABLE tributary.conversion_facts RENAME COLUMN last_received_at TO received_at`,
  // By time: a player's conversions of a time are asked for, and the earliest
  `DROP INDEX tributary.conversion_facts_player`,
  `CREATE INDEX conversion_facts_player ON tributary.conversion_facts (player_id, brand, occurred_at)
    WHERE player_id IS NOT NULL`,
  // Whether or not they name a player: a click's own conversions follow it
  `DROP INDEX tributary.conversion_facts_click`,
  `CREATE INDEX conversion_facts_click ON tributary.conversion_facts (click_id, brand) WHERE click_id IS NOT NULL`,
  `CREATE INDEX conversion_facts_client ON tributary.conversion_facts (client_id, brand) WHERE client_id IS NOT NULL`,
  `CREATE INDEX conversion_facts_user ON tributary.conversion_facts (user_id, brand) WHERE user_id IS NOT NULL`,
  `ALTER TABLE tributary.former_holders
    ADD COLUMN brand text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN client_id text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN user_id text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN occurred_at timestamptz NOT NULL DEFAULT 'epoch',
    DROP CONSTRAINT former_holders_pkey`,
  `ALTER TABLE tributary.former_holders
    ADD PRIMARY KEY (conversion_id, player_id, click_id, client_id, user_id, occurred_at)`,
  `ALTER TABLE tributary.touchpoints
    ADD COLUMN client_id text COLLATE "C",
    ADD COLUMN user_id text COLLATE "C",
    ADD COLUMN previous_click_id text COLLATE "C",
    ADD COLUMN previous_client_id text COLLATE "C",
    ADD COLUMN previous_user_id text COLLATE "C",
    ADD COLUMN previous_player_id text COLLATE "C"`,
  `CREATE TABLE tributary.former_touches (
    brand text COLLATE "C" NOT NULL,
    touch_id text COLLATE "C" NOT NULL,
    click_id text COLLATE "C" NOT NULL,
    client_id text COLLATE "C" NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    player_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (touch_id, brand, click_id, client_id, user_id, player_id))`,
  `CREATE INDEX touchpoints_client ON tributary.touchpoints (client_id, brand) WHERE client_id IS NOT NULL`,
  `CREATE INDEX touchpoints_user ON tributary.touchpoints (user_id, brand) WHERE user_id IS NOT NULL`,
  `ALTER TABLE tributary.identity_links RENAME COLUMN click_id TO left_id`,
  `ALTER TABLE tributary.identity_links RENAME COLUMN player_id TO right_id`,
  `ALTER TABLE tributary.identity_links
    ADD COLUMN left_kind text COLLATE "C" NOT NULL DEFAULT 'click',
    ADD COLUMN right_kind text COLLATE "C" NOT NULL DEFAULT 'player',
    DROP CONSTRAINT identity_links_pkey`,
  `ALTER TABLE tributary.identity_links
    ALTER COLUMN left_kind DROP DEFAULT,
    ALTER COLUMN right_kind DROP DEFAULT,
    ADD PRIMARY KEY (left_id, right_id, left_kind, right_kind, brand)`,
  `ALTER INDEX tributary.identity_links_player RENAME TO identity_links_right`,
  `ALTER TABLE tributary.conversions
    ADD COLUMN client_id text COLLATE "C",
    ADD COLUMN user_id text COLLATE "C"`,
  `CREATE TABLE tributary.reversals (
    conversion_id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    return_id text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    brand text COLLATE "C" NOT NULL,
    conversion_type text NOT NULL,
    conversion_key text COLLATE "C" NOT NULL,
    trust text,
    version bigint NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    receipt_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    amount numeric(38,18),
    currency text,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (conversion_id, kind, return_id, source))`,
];

const DOWN = [
  `DROP TABLE tributary.reversals`,
  `ALTER TABLE tributary.conversions DROP COLUMN client_id, DROP COLUMN user_id`,
  `ALTER INDEX tributary.identity_links_right RENAME TO identity_links_player`,
  `DELETE FROM tributary.identity_links WHERE left_kind <> 'click' OR right_kind <> 'player'`,
  `ALTER TABLE tributary.identity_links DROP COLUMN left_kind, DROP COLUMN right_kind`,
  `ALTER TABLE tributary.identity_links RENAME COLUMN left_id TO click_id`,
  `ALTER TABLE tributary.identity_links RENAME COLUMN right_id TO player_id`,
  `ALTER TABLE tributary.identity_links ADD PRIMARY KEY (click_id, player_id, brand)`,
  `DROP TABLE tributary.former_touches`,
  `ALTER TABLE tributary.touchpoints
    DROP COLUMN client_id,
    DROP COLUMN user_id,
    DROP COLUMN previous_click_id,
    DROP COLUMN previous_client_id,
    DROP COLUMN previous_user_id,
    DROP COLUMN previous_player_id`,
  `DELETE FROM tributary.former_holders`,
  `ALTER TABLE tributary.former_holders DROP COLUMN brand, DROP COLUMN client_id, DROP COLUMN user_id,
    DROP COLUMN occurred_at`,
  `ALTER TABLE tributary.former_holders ADD PRIMARY KEY (conversion_id, player_id, click_id)`,
  `ALTER TABLE tributary.conversion_facts RENAME COLUMN received_at TO last_received_at`,
  `DROP INDEX tributary.conversion_facts_player`,
  `CREATE INDEX conversion_facts_player ON tributary.conversion_facts (player_id, brand) WHERE player_id IS NOT NULL`,
  `DROP INDEX tributary.conversion_facts_click`,
  `CREATE INDEX conversion_facts_click ON tributary.conversion_facts (click_id, brand)
    WHERE player_id IS NULL AND click_id IS NOT NULL`,
  `ALTER TABLE tributary.conversion_facts
    DROP COLUMN trust,
    DROP COLUMN client_id,
    DROP COLUMN user_id,
    DROP COLUMN previous_client_id,
    DROP COLUMN previous_user_id,
    DROP COLUMN previous_occurred_at`,
];
