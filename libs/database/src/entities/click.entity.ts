import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A click, as its earliest telling has it. */
@Entity({ schema: 'tributary', name: 'clicks' })
export class ClickEntity {
  @PrimaryColumn({ type: 'text' })
  brand!: string;

  @PrimaryColumn({ type: 'text' })
  click_id!: string;

  @Column({ type: 'text' })
  source!: string;

  @Column({ type: 'text', nullable: true })
  link!: string | null;

  @Column({ type: 'timestamptz' })
  occurred_at!: Date;

  @Column({ type: 'text', nullable: true })
  player_id!: string | null;

  @Column({ type: 'text', nullable: true })
  referrer!: string | null;

  @Column({ type: 'text', nullable: true })
  utm_source!: string | null;

  @Column({ type: 'text', nullable: true })
  utm_medium!: string | null;

  @Column({ type: 'text', nullable: true })
  utm_campaign!: string | null;

  @Column({ type: 'text', nullable: true })
  utm_term!: string | null;

  @Column({ type: 'text', nullable: true })
  utm_content!: string | null;

  @Column({ type: 'jsonb' })
  sub_ids!: Record<string, unknown>;

  @Column({ type: 'jsonb' })
  ad_click_ids!: Record<string, unknown>;

  @Column({ type: 'jsonb' })
  client!: Record<string, unknown>;

  @Column({ type: 'text' })
  event_id!: string;

  @Column({ type: 'uuid' })
  receipt_id!: string;

  @Column({ type: 'uuid' })
  first_receipt_id!: string;

  @Column({ type: 'timestamptz' })
  first_received_at!: Date;
}
