import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A click and a player that belong together. */
@Entity({ schema: 'tributary', name: 'identity_links' })
export class IdentityLinkEntity {
  @PrimaryColumn({ type: 'text' })
  brand!: string;

  @PrimaryColumn({ type: 'text' })
  click_id!: string;

  @PrimaryColumn({ type: 'text' })
  player_id!: string;

  @Column({ type: 'timestamptz' })
  occurred_at!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  registered_at!: Date | null;

  @Column({ type: 'timestamptz' })
  first_received_at!: Date;
}
