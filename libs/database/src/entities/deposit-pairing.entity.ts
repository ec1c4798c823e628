import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Which strong deposit a weak one is the same as; null: it stands alone. */
@Entity({ schema: 'tributary', name: 'deposit_pairings' })
export class DepositPairingEntity {
  @PrimaryColumn({ type: 'text' })
  conversion_id!: string;

  @Column({ type: 'text', nullable: true })
  paired_with!: string | null;

  @Column({ type: 'bigint' })
  revision!: string;
}
