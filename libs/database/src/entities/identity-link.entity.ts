import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Two ids of one person: a click, a client, a user, a player. */
@Entity({ schema: 'tributary', name: 'identity_links' })
export class IdentityLinkEntity {
  @PrimaryColumn({ type: 'text' })
  brand!: string;

  @PrimaryColumn({ type: 'text' })
  left_kind!: string;

  @PrimaryColumn({ type: 'text' })
  left_id!: string;

  @PrimaryColumn({ type: 'text' })
  right_kind!: string;

  @PrimaryColumn({ type: 'text' })
  right_id!: string;

  @Column({ type: 'timestamptz' })
  occurred_at!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  registered_at!: Date | null;

  @Column({ type: 'timestamptz' })
  first_received_at!: Date;
}
