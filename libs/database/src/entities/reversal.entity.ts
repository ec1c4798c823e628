import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A refund or reversal of a conversion, as one source tells it. */
@Entity({ schema: 'tributary', name: 'reversals' })
export class ReversalEntity {
  @PrimaryColumn({ type: 'text' })
  conversion_id!: string;

  @PrimaryColumn({ type: 'text' })
  kind!: string;

  @PrimaryColumn({ type: 'text' })
  return_id!: string;

  @PrimaryColumn({ type: 'text' })
  source!: string;

  @Column({ type: 'text' })
  brand!: string;

  @Column({ type: 'text' })
  conversion_type!: string;

  @Column({ type: 'text' })
  conversion_key!: string;

  @Column({ type: 'text', nullable: true })
  trust!: string | null;

  @Column({ type: 'bigint' })
  version!: string;

  @Column({ type: 'text' })
  event_id!: string;

  @Column({ type: 'uuid' })
  receipt_id!: string;

  @Column({ type: 'timestamptz' })
  occurred_at!: Date;

  @Column({ type: 'numeric', precision: 38, scale: 18, nullable: true })
  amount!: string | null;

  @Column({ type: 'text', nullable: true })
  currency!: string | null;

  @Column({ type: 'timestamptz' })
  received_at!: Date;
}
