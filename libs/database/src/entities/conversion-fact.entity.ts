import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What one source says of one conversion, or (`status` retracted) that it no longer tells of it. */
@Entity({ schema: 'tributary', name: 'conversion_facts' })
export class ConversionFactEntity {
  @PrimaryColumn({ type: 'text' })
  conversion_id!: string;

  @PrimaryColumn({ type: 'text' })
  source!: string;

  @Column({ type: 'text', nullable: true })
  trust!: string | null;

  @Column({ type: 'text' })
  brand!: string;

  @Column({ type: 'text' })
  type!: string;

  @Column({ type: 'text' })
  conversion_key!: string;

  @Column({ type: 'bigint' })
  version!: string;

  @Column({ type: 'smallint' })
  status_rank!: number;

  @Column({ type: 'text' })
  event_id!: string;

  @Column({ type: 'uuid' })
  receipt_id!: string;

  @Column({ type: 'text', nullable: true })
  player_id!: string | null;

  @Column({ type: 'text', nullable: true })
  click_id!: string | null;

  @Column({ type: 'text', nullable: true })
  client_id!: string | null;

  @Column({ type: 'text', nullable: true })
  user_id!: string | null;

  @Column({ type: 'text', nullable: true })
  transaction_id!: string | null;

  @Column({ type: 'timestamptz' })
  occurred_at!: Date;

  @Column({ type: 'numeric', precision: 38, scale: 18, nullable: true })
  amount!: string | null;

  @Column({ type: 'text', nullable: true })
  currency!: string | null;

  @Column({ type: 'text' })
  status!: string;

  @Column({ type: 'boolean' })
  weak!: boolean;

  @Column({ type: 'jsonb' })
  client!: Record<string, unknown>;

  @Column({ type: 'jsonb' })
  custom!: Record<string, unknown>;

  @Column({ type: 'text', nullable: true })
  player_id_low!: string | null;

  @Column({ type: 'text', nullable: true })
  player_id_high!: string | null;

  @Column({ type: 'text', nullable: true })
  money_low!: string | null;

  @Column({ type: 'text', nullable: true })
  money_high!: string | null;

  @Column({ type: 'uuid', nullable: true })
  first_receipt_id!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  first_received_at!: Date | null;

  @Column({ type: 'timestamptz' })
  received_at!: Date;

  @Column({ type: 'boolean' })
  was_retracted!: boolean;
}
