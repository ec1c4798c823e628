import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a closed statement rests on, as it was when it was closed: of each player whom it has, and of each month that it pays of
 * them, who they were, what their facts came to, and every fact. Facts stand in columns of arrays, one element a fact, as a row
 * for each would take far more; `statement_facts` shows them as rows.
 */
export class AddStatementFacts1764800500000 implements MigrationInterface {
  name = 'AddStatementFacts1764800500000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP VIEW tributary.statement_facts');
    await runner.query('DROP TABLE tributary.statement_players');
  }
}

/** Columns of arrays, and what an element of each is in `statement_facts`. */
const FACT_ARRAYS = {
  kinds: { type: 'text', as: 'kind' },
  ids: { type: 'text', as: 'id' },
  // Of deposits: what they are called elsewhere
  transaction_ids: { type: 'text', as: 'transaction_id' },
  events: { type: 'bytea', as: 'event' },
  instants: { type: 'timestamptz', as: 'occurred_at' },
  types: { type: 'text', as: 'type' },
  amounts: { type: 'numeric', as: 'amount' },
  // Of a deposit its net amount, of a game session or bet what was won
  returns: { type: 'numeric', as: 'returned' },
  bet_counts: { type: 'bigint', as: 'bet_count' },
  currencies: { type: 'text', as: 'currency' },
  rates: { type: 'numeric', as: 'rate' },
  segments: { type: 'smallint', as: 'segment' },
  for_cpas: { type: 'boolean', as: 'for_cpa' },
};

const UP = [
  // The empty subject has the partner's own lines, and no facts
  `CREATE TABLE tributary.statement_players (
    agreement text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    of_period text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    number integer NOT NULL,
    matched_by text,
    click_id text COLLATE "C",
    exclusions text[] NOT NULL,
    triggers jsonb NOT NULL,
    months jsonb NOT NULL,
    commissions jsonb NOT NULL,
    fee_rates jsonb NOT NULL,
    facts jsonb NOT NULL,
    ${Object.entries(FACT_ARRAYS)
      .map(([name, { type }]) => `${name} ${type}[] NOT NULL`)
      .join(',\n    ')},
    PRIMARY KEY (agreement, of_period, subject, period))`,
  `CREATE INDEX statement_players_period ON tributary.statement_players (agreement, period, subject)`,
  // Where the server has it: it costs the least time
  `DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)) THEN
      ${['months', 'commissions', 'triggers', ...Object.keys(FACT_ARRAYS)]
        .map((c) => `ALTER TABLE tributary.statement_players ALTER COLUMN ${c} SET COMPRESSION lz4;`)
        .join('\n      ')}
    END IF;
  END $$`,
  `CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON tributary.statement_players
    FOR EACH ROW EXECUTE FUNCTION tributary.refuse_change()`,
  `CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON tributary.statement_players
    FOR EACH STATEMENT EXECUTE FUNCTION tributary.refuse_change()`,
  // By row: a trigger once a statement of SQL would hold all rows once more
  `CREATE TRIGGER refuse_line_of_closed BEFORE INSERT ON tributary.statement_players
    FOR EACH ROW EXECUTE FUNCTION tributary.refuse_line_of_closed()`,
  // The hash is made of what is kept, as the reckoning makes it of what it reads
  `CREATE VIEW tributary.statement_facts AS
    SELECT s.agreement, s.period, s.of_period, s.subject, f.kind, f.id, f.transaction_id, encode(f.event, 'hex') AS event_id, f.occurred_at, f.type,
        trim_scale(f.amount) AS amount,
        CASE WHEN f.kind NOT IN ('game_session', 'bet') THEN trim_scale(f.returned) END AS net_amount,
        CASE WHEN f.kind IN ('game_session', 'bet') THEN trim_scale(f.returned) END AS win_amount,
        f.bet_count, f.currency, trim_scale(f.rate) AS rate, f.segment, f.for_cpa,
        substr(md5(CASE WHEN f.event IS NULL
          THEN concat_ws('|', f.id, extract(epoch FROM f.occurred_at), f.amount, f.returned, f.currency, f.type)
          ELSE concat_ws('|', f.kind, f.id, encode(f.event, 'hex')) END), 1, 16) AS hash
      FROM tributary.statement_players s CROSS JOIN LATERAL
        unnest(${Object.keys(FACT_ARRAYS)
          .map((c) => `s.${c}`)
          .join(', ')})
          AS f (${Object.values(FACT_ARRAYS)
            .map(({ as }) => as)
            .join(', ')})`,
];
