import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Agreements with partners, what they come to, and what was paid. Definitions, ledger and statements are appended to
 * and never changed; the rest is a projection of facts and definitions.
 */
export class AddCommissionTables1764800000000 implements MigrationInterface {
  name = 'AddCommissionTables1764800000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`DROP TABLE tributary.${table}`);
    for (const name of FUNCTIONS) await runner.query(`DROP FUNCTION tributary.${name}()`);
  }
}

const DECIMAL = 'numeric(38,18)';
const TERMS = ['stakes', 'wins', 'bonus', 'adjustments', 'chargebacks', 'deposits', 'withdrawals'];
const STEPS = [
  'ggr',
  'ngr',
  'admin_fee',
  'base',
  'counted',
  'debt_in',
  'debt_out',
  'advance_in',
  'advance_out',
];

const UP = [
  // A number, as an exclusion constraint on text needs an extension
  `CREATE TABLE tributary.agreements (
    agreement_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agreement text COLLATE "C" NOT NULL UNIQUE)`,
  `CREATE TABLE tributary.agreement_versions (
    agreement_no bigint NOT NULL REFERENCES tributary.agreements,
    version text COLLATE "C" NOT NULL,
    partner text COLLATE "C" NOT NULL,
    brand text COLLATE "C" NOT NULL,
    currency text NOT NULL,
    time_zone text NOT NULL,
    terms jsonb NOT NULL,
    stored_at timestamptz NOT NULL,
    superseded_at timestamptz)`,
  `CREATE UNIQUE INDEX agreement_versions_current ON tributary.agreement_versions (agreement_no)
    WHERE superseded_at IS NULL`,
  `CREATE TABLE tributary.plans (
    agreement_no bigint NOT NULL REFERENCES tributary.agreements,
    version text COLLATE "C" NOT NULL,
    effective tstzrange NOT NULL CHECK (NOT isempty(effective)),
    type text NOT NULL,
    terms jsonb NOT NULL,
    stored_at timestamptz NOT NULL,
    superseded_at timestamptz,
    CONSTRAINT plans_do_not_overlap EXCLUDE USING gist
      (int8range(agreement_no, agreement_no, '[]') WITH &&, effective WITH &&) WHERE (superseded_at IS NULL))`,
  `CREATE TABLE tributary.ngr_definitions (
    ngr_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    brand text COLLATE "C" NOT NULL,
    ngr text COLLATE "C" NOT NULL,
    UNIQUE (ngr, brand))`,
  `CREATE TABLE tributary.ngr_versions (
    ngr_no bigint NOT NULL REFERENCES tributary.ngr_definitions,
    version text COLLATE "C" NOT NULL,
    time_zone text NOT NULL,
    effective tstzrange NOT NULL CHECK (NOT isempty(effective)),
    terms jsonb NOT NULL,
    stored_at timestamptz NOT NULL,
    superseded_at timestamptz,
    CONSTRAINT ngr_versions_do_not_overlap EXCLUDE USING gist
      (int8range(ngr_no, ngr_no, '[]') WITH &&, effective WITH &&) WHERE (superseded_at IS NULL))`,
  // One unit of base is so many of quote
  `CREATE TABLE tributary.fx_rates (
    base text NOT NULL,
    quote text NOT NULL,
    day date NOT NULL,
    rate ${DECIMAL} NOT NULL CHECK (rate > 0),
    source text NOT NULL,
    imported_at timestamptz NOT NULL,
    PRIMARY KEY (quote, base, day))`,
  // `currencies` and `missing_rates` are of what qualifications rest on
  `CREATE TABLE tributary.commission_players (
    brand text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    agreement text COLLATE "C" NOT NULL,
    matched_by text NOT NULL,
    click_id text COLLATE "C",
    contested_by text[] NOT NULL,
    exclusions text[] NOT NULL,
    triggers jsonb NOT NULL,
    currencies text[] NOT NULL,
    missing_rates text[] NOT NULL,
    PRIMARY KEY (subject, brand))`,
  `CREATE INDEX commission_players_agreement ON tributary.commission_players (agreement, subject)`,
  // `currencies`: those of its facts that are not the agreement's
  `CREATE TABLE tributary.commission_months (
    agreement text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    segment smallint NOT NULL,
    subject text COLLATE "C" NOT NULL,
    plan_version text COLLATE "C" NOT NULL,
    ngr_version text COLLATE "C",
    ${[...TERMS, ...STEPS].map((column) => `${column} ${DECIMAL} NOT NULL`).join(',\n    ')},
    first_deposit boolean NOT NULL,
    facts jsonb NOT NULL,
    currencies text[] NOT NULL,
    missing_rates text[] NOT NULL,
    PRIMARY KEY (agreement, period, subject, segment))`,
  `CREATE INDEX commission_months_subject ON tributary.commission_months (subject, agreement)`,
  // The partner's own lines have the empty subject
  `CREATE TABLE tributary.commissions (
    agreement text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    amount ${DECIMAL} NOT NULL,
    currency text NOT NULL,
    basis jsonb NOT NULL,
    PRIMARY KEY (agreement, period, subject, kind))`,
  `CREATE INDEX commissions_subject ON tributary.commissions (subject, agreement) WHERE subject > ''`,
  `CREATE TABLE tributary.statements (
    agreement text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    number integer NOT NULL,
    partner text COLLATE "C" NOT NULL,
    brand text COLLATE "C" NOT NULL,
    currency text NOT NULL,
    time_zone text NOT NULL,
    amount ${DECIMAL} NOT NULL,
    opening_balance ${DECIMAL} NOT NULL,
    payable ${DECIMAL} NOT NULL,
    closing_balance ${DECIMAL} NOT NULL,
    manifest jsonb NOT NULL,
    closed_at timestamptz NOT NULL,
    closed_by text NOT NULL,
    PRIMARY KEY (agreement, period),
    UNIQUE (agreement, number))`,
  `CREATE TABLE tributary.statement_lines (
    agreement text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    of_period text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    players integer NOT NULL,
    exact ${DECIMAL} NOT NULL,
    amount ${DECIMAL} NOT NULL,
    PRIMARY KEY (agreement, period, of_period, kind),
    FOREIGN KEY (agreement, period) REFERENCES tributary.statements)`,
  // What changed, by how much: of each key the sum is the amount in commissions. `booked_in` is the month whose statement
  // it stands in: of_period, or where that was closed before, the first after it that was not.
  `CREATE TABLE tributary.commission_entries (
    entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agreement text COLLATE "C" NOT NULL,
    booked_in text COLLATE "C" NOT NULL,
    of_period text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    amount ${DECIMAL} NOT NULL,
    currency text NOT NULL,
    basis jsonb NOT NULL,
    written_at timestamptz NOT NULL)`,
  `CREATE INDEX commission_entries_booked ON tributary.commission_entries (agreement, booked_in)`,
  `CREATE INDEX commission_entries_key ON tributary.commission_entries (agreement, of_period, subject, kind)`,
  `CREATE FUNCTION tributary.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION '% is appended to, never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$`,
  ...['statements', 'statement_lines', 'commission_entries'].flatMap((table) => [
    `CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON tributary.${table}
      FOR EACH ROW EXECUTE FUNCTION tributary.refuse_change()`,
    `CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON tributary.${table}
      FOR EACH STATEMENT EXECUTE FUNCTION tributary.refuse_change()`,
  ]),
  `CREATE FUNCTION tributary.refuse_closed_period() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF EXISTS (SELECT FROM tributary.statements s WHERE s.agreement = NEW.agreement AND s.period = NEW.booked_in) THEN
        RAISE EXCEPTION 'the statement of % for % is closed', NEW.agreement, NEW.booked_in
          USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$`,
  `CREATE TRIGGER refuse_closed_period BEFORE INSERT ON tributary.commission_entries
    FOR EACH ROW EXECUTE FUNCTION tributary.refuse_closed_period()`,
  // A statement's lines come with it, in its transaction
  `CREATE FUNCTION tributary.refuse_line_of_closed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NOT EXISTS (SELECT FROM tributary.statements s WHERE s.agreement = NEW.agreement AND s.period = NEW.period
          AND s.xmin = pg_current_xact_id()::xid) THEN
        RAISE EXCEPTION 'the statement of % for % is closed', NEW.agreement, NEW.period
          USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$`,
  `CREATE TRIGGER refuse_line_of_closed BEFORE INSERT ON tributary.statement_lines
    FOR EACH ROW EXECUTE FUNCTION tributary.refuse_line_of_closed()`,
  // Appended to by triggers, without any key, so that writers of facts wait for nobody
  `CREATE TABLE tributary.commission_marks (
    brand text COLLATE "C" NOT NULL,
    about text NOT NULL,
    subject text COLLATE "C" NOT NULL,
    day date)`,
  // What marks come to: who is to be reckoned anew, and for the facts of which days of UTC
  `CREATE TABLE tributary.commission_subjects_marked (
    brand text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    days date[] NOT NULL,
    everything boolean NOT NULL,
    PRIMARY KEY (brand, subject))`,
  // Months of partners whose own lines wait to be reckoned
  `CREATE TABLE tributary.commission_periods_marked (
    agreement text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    PRIMARY KEY (agreement, period))`,
  // What each month leaves to the next
  `CREATE TABLE tributary.commission_carries (
    agreement text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    carried_out ${DECIMAL} NOT NULL,
    PRIMARY KEY (agreement, period))`,
  // Grows with every change of agreements and rates: who reckons reads them again
  `CREATE TABLE tributary.commission_inputs (revision bigint NOT NULL)`,
  `INSERT INTO tributary.commission_inputs VALUES (0)`,
];

const TABLES = [
  'commission_inputs',
  'commission_carries',
  'commission_periods_marked',
  'commission_subjects_marked',
  'commission_marks',
  'commission_entries',
  'statement_lines',
  'statements',
  'commissions',
  'commission_months',
  'commission_players',
  'fx_rates',
  'ngr_versions',
  'ngr_definitions',
  'plans',
  'agreement_versions',
  'agreements',
];

const FUNCTIONS = ['refuse_line_of_closed', 'refuse_closed_period', 'refuse_change'];
