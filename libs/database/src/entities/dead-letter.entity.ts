import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A record that could not be used, and why. */
@Entity({ schema: 'tributary', name: 'dead_letters' })
export class DeadLetterEntity {
  @PrimaryColumn({ type: 'text' })
  dead_letter_id!: string;

  @Column({ type: 'text' })
  reason!: string;

  @Column({ type: 'text' })
  path!: string;

  @Column({ type: 'text' })
  detail!: string;

  @Column({ type: 'text', nullable: true })
  source!: string | null;

  @Column({ type: 'text', nullable: true })
  receipt_id!: string | null;

  @Column({ type: 'text', nullable: true })
  event_id!: string | null;

  @Column({ type: 'text' })
  topic!: string;

  @Column({ type: 'integer' })
  partition!: number;

  @Column({ type: 'bigint' })
  record_offset!: string;

  @Column({ type: 'bytea' })
  record_key!: Buffer;

  @Column({ type: 'bytea' })
  original!: Buffer;

  @Column({ type: 'boolean' })
  original_truncated!: boolean;

  @Column({ type: 'text' })
  app!: string;

  @Column({ type: 'text' })
  app_version!: string;

  @Column({ type: 'timestamptz' })
  failed_at!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  replayed_at!: Date | null;
}
