import { AddAttributionFunctions1764200000000 } from './add-attribution-functions.js';
import { AddBehindSince1764600000000 } from './add-behind-since.js';
import { AddBrandSettings1764100000000 } from './add-brand-settings.js';
import { AddDefinitionApp1764390000000 } from './add-definition-app.js';
import { AddGa4Tables1764700000000 } from './add-ga4-tables.js';
import { AddPartnerFacts1763800000000 } from './add-partner-facts.js';
import { AddPagingContradictions1764400000000 } from './add-paging-contradictions.js';
import { AddRetractions1764500000000 } from './add-retractions.js';
import { AddSourceTables1764300000000 } from './add-source-tables.js';
import { AddTouchVersions1764450000000 } from './add-touch-versions.js';
import { AddUnfinishedWindows1764400100000 } from './add-unfinished-windows.js';
import { CreateEntityTables1763900000000 } from './create-entity-tables.js';
import { CreatePixelTables1763700000000 } from './create-pixel-tables.js';

/** Every migration, oldest first. A new one is a file beside this and a line here. */
export const MIGRATIONS = [
  CreatePixelTables1763700000000,
  AddPartnerFacts1763800000000,
  CreateEntityTables1763900000000,
  AddBrandSettings1764100000000,
  AddAttributionFunctions1764200000000,
  AddSourceTables1764300000000,
  AddDefinitionApp1764390000000,
  AddPagingContradictions1764400000000,
  AddUnfinishedWindows1764400100000,
  AddTouchVersions1764450000000,
  AddRetractions1764500000000,
  AddBehindSince1764600000000,
  AddGa4Tables1764700000000,
] as const;
