import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The way of one accepted call. */
@Entity({ schema: 'tributary', name: 'receipts' })
export class ReceiptEntity {
  @PrimaryColumn({ type: 'uuid' })
  receipt_id!: string;

  @Column({ type: 'text' })
  event_id!: string;

  @Column({ type: 'text' })
  brand!: string;

  @Column({ type: 'text' })
  kind!: string;

  @Column({ type: 'text' })
  source!: string;

  @Column({ type: 'text', nullable: true })
  click_id!: string | null;

  @Column({ type: 'text', nullable: true })
  conversion_id!: string | null;

  @Column({ type: 'boolean' })
  is_test!: boolean;

  @Column({ type: 'text', nullable: true })
  raw_position!: string | null;

  @Column({ type: 'timestamptz' })
  received_at!: Date;
}
