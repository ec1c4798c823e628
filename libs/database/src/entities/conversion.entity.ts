import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The visible row of a conversion: a projection of its facts and its journey. */
@Entity({ schema: 'tributary', name: 'conversions' })
export class ConversionEntity {
  @PrimaryColumn({ type: 'text' })
  conversion_id!: string;

  @Column({ type: 'text' })
  brand!: string;

  @Column({ type: 'text' })
  type!: string;

  @Column({ type: 'text' })
  conversion_key!: string;

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

  @Column({ type: 'numeric', precision: 38, scale: 18, nullable: true })
  net_amount!: string | null;

  @Column({ type: 'text' })
  status!: string;

  @Column({ type: 'boolean' })
  is_first_deposit!: boolean;

  @Column({ type: 'text', array: true })
  sources!: string[];

  @Column({ type: 'boolean' })
  conflict!: boolean;

  @Column({ type: 'jsonb' })
  provenance!: Record<string, unknown>;

  @Column({ type: 'jsonb' })
  sub_ids!: Record<string, unknown>;

  @Column({ type: 'jsonb' })
  custom!: Record<string, unknown>;

  @Column({ type: 'timestamptz', nullable: true })
  first_touch_at!: Date | null;

  @Column({ type: 'text', nullable: true })
  first_touch_source!: string | null;

  @Column({ type: 'text', nullable: true })
  first_touch_medium!: string | null;

  @Column({ type: 'text', nullable: true })
  first_touch_campaign!: string | null;

  @Column({ type: 'text', nullable: true })
  first_touch_click_id!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  last_touch_at!: Date | null;

  @Column({ type: 'text', nullable: true })
  last_touch_source!: string | null;

  @Column({ type: 'text', nullable: true })
  last_touch_medium!: string | null;

  @Column({ type: 'text', nullable: true })
  last_touch_campaign!: string | null;

  @Column({ type: 'text', nullable: true })
  last_touch_click_id!: string | null;

  @Column({ type: 'boolean' })
  attributed!: boolean;

  @Column({ type: 'timestamptz' })
  first_received_at!: Date;

  @Column({ type: 'timestamptz' })
  updated_at!: Date;

  @Column({ type: 'bigint' })
  revision!: string;
}
