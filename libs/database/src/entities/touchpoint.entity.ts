import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One contact of a visitor with marketing. */
@Entity({ schema: 'tributary', name: 'touchpoints' })
export class TouchpointEntity {
  @PrimaryColumn({ type: 'text' })
  brand!: string;

  @PrimaryColumn({ type: 'text' })
  touch_id!: string;

  @Column({ type: 'text' })
  source!: string;

  @Column({ type: 'timestamptz' })
  occurred_at!: Date;

  @Column({ type: 'text', nullable: true })
  click_id!: string | null;

  @Column({ type: 'text', nullable: true })
  client_id!: string | null;

  @Column({ type: 'text', nullable: true })
  user_id!: string | null;

  @Column({ type: 'text', nullable: true })
  player_id!: string | null;

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

  @Column({ type: 'text' })
  event_id!: string;

  @Column({ type: 'uuid' })
  receipt_id!: string;

  @Column({ type: 'timestamptz' })
  first_received_at!: Date;

  /** The least there is: its source has none. */
  @Column({ type: 'bigint' })
  version!: string;
}
