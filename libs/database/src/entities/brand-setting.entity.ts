import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a brand is set to; a brand that is not there has the defaults. */
@Entity({ schema: 'tributary', name: 'brand_settings' })
export class BrandSettingEntity {
  @PrimaryColumn({ type: 'text' })
  brand!: string;

  /** How far before a conversion a touch may lie, days of 24 hours. */
  @Column({ type: 'integer' })
  look_back_days!: number;
}
