import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How far a stream has come, and who reads it. */
@Entity({ schema: 'tributary', name: 'source_state' })
export class SourceStateEntity {
  @PrimaryColumn({ type: 'text' })
  source!: string;

  @PrimaryColumn({ type: 'text' })
  stream!: string;

  /** `StreamState` of libs/sources. */
  @Column({ type: 'jsonb', nullable: true })
  state!: object | null;

  @Column({ type: 'boolean' })
  paused!: boolean;

  @Column({ type: 'text', nullable: true })
  lease_owner!: string | null;

  /** Grows with every lease: only who holds the greatest may write. */
  @Column({ type: 'bigint' })
  lease_token!: string;

  @Column({ type: 'timestamptz', nullable: true })
  lease_until!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  last_succeeded_at!: Date | null;

  @Column({ type: 'text', nullable: true })
  last_error_code!: string | null;

  @Column({ type: 'text', nullable: true })
  last_error!: string | null;

  /** In a row. */
  @Column({ type: 'integer' })
  failures!: number;

  @Column({ type: 'timestamptz' })
  next_attempt_at!: Date;

  /** From then on there may be something to read that is not read. */
  @Column({ type: 'timestamptz', nullable: true })
  behind_since!: Date | null;
}

/** One reading of a slice: a line of the completeness ledger. */
@Entity({ schema: 'tributary', name: 'source_windows' })
export class SourceWindowEntity {
  @PrimaryColumn({ type: 'bigint' })
  window_id!: string;

  @Column({ type: 'text' })
  source!: string;

  @Column({ type: 'text' })
  stream!: string;

  @Column({ type: 'text' })
  kind!: 'live' | 'lookback' | 'backfill' | 'manual';

  @Column({ type: 'text' })
  slice_key!: string;

  @Column({ type: 'timestamptz', nullable: true })
  slice_from!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  slice_to!: Date | null;

  @Column({ type: 'integer' })
  attempt!: number;

  @Column({ type: 'integer' })
  pages!: number;

  @Column({ type: 'bigint' })
  rows_read!: string;

  @Column({ type: 'bigint' })
  rows_selected!: string;

  @Column({ type: 'jsonb' })
  rows_by_event!: Record<string, number>;

  @Column({ type: 'jsonb' })
  amounts!: Record<string, string>;

  @Column({ type: 'bigint' })
  rejected!: string;

  @Column({ type: 'bigint', nullable: true })
  stated_total!: string | null;

  @Column({ type: 'text', nullable: true })
  content_hash!: string | null;

  @Column({ type: 'boolean', nullable: true })
  changed!: boolean | null;

  @Column({ type: 'boolean' })
  published!: boolean;

  @Column({ type: 'bigint' })
  monotone_violations!: string;

  @Column({ type: 'integer' })
  paging_contradictions!: number;

  @Column({ type: 'timestamptz' })
  started_at!: Date;

  @Column({ type: 'timestamptz' })
  finished_at!: Date;

  @Column({ type: 'text' })
  outcome!: 'succeeded' | 'failed' | 'abandoned' | 'unfinished';

  @Column({ type: 'text', nullable: true })
  error_code!: string | null;

  @Column({ type: 'text', nullable: true })
  error!: string | null;

  @Column({ type: 'bigint', nullable: true })
  backfill_id!: string | null;

  @Column({ type: 'text', nullable: true })
  read_by!: string | null;

  @Column({ type: 'bigint', nullable: true })
  bytes_billed!: string | null;
}

/** A stretch of history that somebody asked to be read again. */
@Entity({ schema: 'tributary', name: 'source_backfills' })
export class SourceBackfillEntity {
  @PrimaryColumn({ type: 'bigint' })
  backfill_id!: string;

  @Column({ type: 'text' })
  source!: string;

  @Column({ type: 'text' })
  stream!: string;

  @Column({ type: 'timestamptz' })
  range_from!: Date;

  @Column({ type: 'timestamptz' })
  range_to!: Date;

  /** Up to where it is read. */
  @Column({ type: 'timestamptz' })
  position!: Date;

  @Column({ type: 'text' })
  status!: 'requested' | 'running' | 'succeeded' | 'cancelled';

  @Column({ type: 'text' })
  requested_by!: string;

  @Column({ type: 'timestamptz' })
  requested_at!: Date;
}

/** Who changed what about a stream, and when. */
@Entity({ schema: 'tributary', name: 'source_changes' })
export class SourceChangeEntity {
  @PrimaryColumn({ type: 'bigint' })
  change_id!: string;

  @Column({ type: 'text' })
  source!: string;

  @Column({ type: 'text' })
  stream!: string;

  @Column({ type: 'text' })
  change!: 'reset' | 'backfill' | 'cancel_backfill' | 'pause' | 'resume';

  @Column({ type: 'text' })
  asked_by!: string;

  @Column({ type: 'timestamptz' })
  asked_at!: Date;

  @Column({ type: 'jsonb', nullable: true })
  old_state!: object | null;

  @Column({ type: 'jsonb', nullable: true })
  new_state!: object | null;
}

/** A source file as it was found when the app that reads it last started. */
@Entity({ schema: 'tributary', name: 'source_definitions' })
export class SourceDefinitionEntity {
  @PrimaryColumn({ type: 'text' })
  file!: string;

  @Column({ type: 'text', nullable: true })
  source!: string | null;

  @Column({ type: 'text' })
  app!: string;

  @Column({ type: 'text', array: true })
  streams!: string[];

  @Column({ type: 'text', array: true })
  problems!: string[];

  @Column({ type: 'timestamptz' })
  loaded_at!: Date;
}

/** Tables of reading partners that people and the console read. */
export const SOURCE_ENTITIES = [
  SourceBackfillEntity,
  SourceChangeEntity,
  SourceDefinitionEntity,
  SourceStateEntity,
  SourceWindowEntity,
] as const;
