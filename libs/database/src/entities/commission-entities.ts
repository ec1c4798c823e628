import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What is owed for a player, or for all of a partner together (empty subject), and a month: exact. */
@Entity({ schema: 'tributary', name: 'commissions' })
class CommissionEntity {
  @PrimaryColumn({ type: 'text' })
  agreement!: string;

  @PrimaryColumn({ type: 'text' })
  period!: string;

  @PrimaryColumn({ type: 'text' })
  subject!: string;

  @PrimaryColumn({ type: 'text' })
  kind!: string;

  @Column({ type: 'numeric', precision: 38, scale: 18 })
  amount!: string;

  @Column({ type: 'text' })
  currency!: string;

  @Column({ type: 'jsonb' })
  basis!: object;
}

/** A line of the ledger: what a commission has changed by, and in which month it is paid. */
@Entity({ schema: 'tributary', name: 'commission_entries' })
class CommissionEntryEntity {
  @PrimaryColumn({ type: 'bigint' })
  entry_id!: string;

  @Column({ type: 'text' })
  agreement!: string;

  @Column({ type: 'text' })
  booked_in!: string;

  @Column({ type: 'text' })
  of_period!: string;

  @Column({ type: 'text' })
  subject!: string;

  @Column({ type: 'text' })
  kind!: string;

  @Column({ type: 'numeric', precision: 38, scale: 18 })
  amount!: string;

  @Column({ type: 'text' })
  currency!: string;

  @Column({ type: 'jsonb' })
  basis!: object;

  @Column({ type: 'timestamptz' })
  written_at!: Date;
}

/** A month that is closed. */
@Entity({ schema: 'tributary', name: 'statements' })
class StatementEntity {
  @PrimaryColumn({ type: 'text' })
  agreement!: string;

  @PrimaryColumn({ type: 'text' })
  period!: string;

  @Column({ type: 'integer' })
  number!: number;

  @Column({ type: 'text' })
  partner!: string;

  @Column({ type: 'text' })
  brand!: string;

  @Column({ type: 'text' })
  currency!: string;

  @Column({ type: 'text' })
  time_zone!: string;

  @Column({ type: 'numeric', precision: 38, scale: 18 })
  amount!: string;

  @Column({ type: 'numeric', precision: 38, scale: 18 })
  opening_balance!: string;

  @Column({ type: 'numeric', precision: 38, scale: 18 })
  payable!: string;

  @Column({ type: 'numeric', precision: 38, scale: 18 })
  closing_balance!: string;

  @Column({ type: 'jsonb' })
  manifest!: object;

  @Column({ type: 'timestamptz' })
  closed_at!: Date;

  @Column({ type: 'text' })
  closed_by!: string;
}

/** A line of a statement, rounded once. */
@Entity({ schema: 'tributary', name: 'statement_lines' })
class StatementLineEntity {
  @PrimaryColumn({ type: 'text' })
  agreement!: string;

  @PrimaryColumn({ type: 'text' })
  period!: string;

  @PrimaryColumn({ type: 'text' })
  of_period!: string;

  @PrimaryColumn({ type: 'text' })
  kind!: string;

  @Column({ type: 'integer' })
  players!: number;

  @Column({ type: 'numeric', precision: 38, scale: 18 })
  exact!: string;

  @Column({ type: 'numeric', precision: 38, scale: 18 })
  amount!: string;
}

/** What a closed statement has of a player and a month: who they were, what their facts came to; the facts are `statement_facts`. */
@Entity({ schema: 'tributary', name: 'statement_players' })
class StatementPlayerEntity {
  @PrimaryColumn({ type: 'text' })
  agreement!: string;

  @PrimaryColumn({ type: 'text' })
  period!: string;

  @PrimaryColumn({ type: 'text' })
  of_period!: string;

  @PrimaryColumn({ type: 'text' })
  subject!: string;

  @Column({ type: 'integer' })
  number!: number;

  @Column({ type: 'text', nullable: true })
  matched_by!: string | null;

  @Column({ type: 'text', nullable: true })
  click_id!: string | null;

  @Column({ type: 'text', array: true })
  exclusions!: string[];

  @Column({ type: 'jsonb' })
  triggers!: object;

  @Column({ type: 'jsonb' })
  months!: object;

  @Column({ type: 'jsonb' })
  commissions!: object;

  @Column({ type: 'jsonb' })
  fee_rates!: object;

  @Column({ type: 'jsonb' })
  facts!: object;
}

/** A fact that a closed statement rests on, as it was then. A view. */
@Entity({ schema: 'tributary', name: 'statement_facts' })
class StatementFactEntity {
  @PrimaryColumn({ type: 'text' })
  agreement!: string;

  @PrimaryColumn({ type: 'text' })
  period!: string;

  @PrimaryColumn({ type: 'text' })
  of_period!: string;

  @PrimaryColumn({ type: 'text' })
  subject!: string;

  @PrimaryColumn({ type: 'timestamptz' })
  occurred_at!: Date;

  @PrimaryColumn({ type: 'text' })
  kind!: string;

  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ type: 'text', nullable: true })
  transaction_id!: string | null;

  @Column({ type: 'text', nullable: true })
  event_id!: string | null;

  @Column({ type: 'text', nullable: true })
  type!: string | null;

  @Column({ type: 'numeric', precision: 38, scale: 18, nullable: true })
  amount!: string | null;

  @Column({ type: 'numeric', precision: 38, scale: 18, nullable: true })
  net_amount!: string | null;

  @Column({ type: 'numeric', precision: 38, scale: 18, nullable: true })
  win_amount!: string | null;

  @Column({ type: 'bigint', nullable: true })
  bet_count!: string | null;

  @Column({ type: 'text', nullable: true })
  currency!: string | null;

  @Column({ type: 'numeric', precision: 38, scale: 18, nullable: true })
  rate!: string | null;

  @Column({ type: 'smallint', nullable: true })
  segment!: number | null;

  @Column({ type: 'boolean' })
  for_cpa!: boolean;

  @Column({ type: 'text' })
  hash!: string;
}

/** What an agreement pays within a range of days; superseded where another took its place. */
@Entity({ schema: 'tributary', name: 'plans' })
class PlanEntity {
  @PrimaryColumn({ type: 'bigint' })
  agreement_no!: string;

  @PrimaryColumn({ type: 'timestamptz' })
  stored_at!: Date;

  @PrimaryColumn({ type: 'text' })
  version!: string;

  @Column({ type: 'text' })
  type!: string;

  @Column({ type: 'jsonb' })
  terms!: object;

  @Column({ type: 'timestamptz', nullable: true })
  superseded_at!: Date | null;
}

/** What one unit of the base was in units of the quote on a day. */
@Entity({ schema: 'tributary', name: 'fx_rates' })
class FxRateEntity {
  @PrimaryColumn({ type: 'text' })
  quote!: string;

  @PrimaryColumn({ type: 'text' })
  base!: string;

  @PrimaryColumn({ type: 'date' })
  day!: string;

  @Column({ type: 'numeric', precision: 38, scale: 18 })
  rate!: string;

  @Column({ type: 'text' })
  source!: string;

  @Column({ type: 'timestamptz' })
  imported_at!: Date;
}

/** Tables of commissions that people read. */
export const COMMISSION_ENTITIES = [
  CommissionEntity,
  CommissionEntryEntity,
  StatementEntity,
  StatementLineEntity,
  StatementPlayerEntity,
  StatementFactEntity,
  PlanEntity,
  FxRateEntity,
] as const;
