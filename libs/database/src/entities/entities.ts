import { BrandSettingEntity } from './brand-setting.entity.js';
import { ClickEntity } from './click.entity.js';
import { COMMISSION_ENTITIES } from './commission-entities.js';
import { ConversionEntity } from './conversion.entity.js';
import { ConversionFactEntity } from './conversion-fact.entity.js';
import { DeadLetterEntity } from './dead-letter.entity.js';
import { DepositPairingEntity } from './deposit-pairing.entity.js';
import { IdentityLinkEntity } from './identity-link.entity.js';
import { PRODUCT_ENTITIES } from './product-entities.js';
import { ReceiptEntity } from './receipt.entity.js';
import { ReversalEntity } from './reversal.entity.js';
import { SOURCE_ENTITIES } from './source-entities.js';
import { TouchpointEntity } from './touchpoint.entity.js';

/** TypeORM's entities: every table of schema `tributary` that people and the console read. */
export const ENTITIES = [
  BrandSettingEntity,
  ClickEntity,
  ConversionEntity,
  ConversionFactEntity,
  DeadLetterEntity,
  DepositPairingEntity,
  IdentityLinkEntity,
  ReceiptEntity,
  ReversalEntity,
  TouchpointEntity,
  ...COMMISSION_ENTITIES,
  ...SOURCE_ENTITIES,
  ...Object.values(PRODUCT_ENTITIES),
] as const;
