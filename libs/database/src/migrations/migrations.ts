import { AddAttributionFunctions1764200000000 } from './add-attribution-functions.js';
import { AddBehindSince1764600000000 } from './add-behind-since.js';
import { AddBrandSettings1764100000000 } from './add-brand-settings.js';
import { AddCommissionIndexes1764800900000 } from './add-commission-indexes.js';
import { AddCommissionMarks1764800100000 } from './add-commission-marks.js';
import { AddCommissionTables1764800000000 } from './add-commission-tables.js';
import { AddCommissionsSetAside1764800200000 } from './add-commissions-set-aside.js';
import { AddDefinitionApp1764390000000 } from './add-definition-app.js';
import { AddGa4Tables1764700000000 } from './add-ga4-tables.js';
import { AddPartnerFacts1763800000000 } from './add-partner-facts.js';
import { AddPagingContradictions1764400000000 } from './add-paging-contradictions.js';
import { AddProvisionalRates1764800300000 } from './add-provisional-rates.js';
import { AddRetractions1764500000000 } from './add-retractions.js';
import { AddSourceTables1764300000000 } from './add-source-tables.js';
import { AddStatementFacts1764800500000 } from './add-statement-facts.js';
import { AddTouchVersions1764450000000 } from './add-touch-versions.js';
import { AddUnfinishedWindows1764400100000 } from './add-unfinished-windows.js';
import { CreateEntityTables1763900000000 } from './create-entity-tables.js';
import { CreatePixelTables1763700000000 } from './create-pixel-tables.js';
import { ReckonCommissionsAnew1764801000000 } from './reckon-commissions-anew.js';
import { RefuseChangesOfTerms1764801100000 } from './refuse-changes-of-terms.js';

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
  AddCommissionTables1764800000000,
  AddCommissionMarks1764800100000,
  AddCommissionsSetAside1764800200000,
  AddProvisionalRates1764800300000,
  AddStatementFacts1764800500000,
  AddCommissionIndexes1764800900000,
  ReckonCommissionsAnew1764801000000,
  RefuseChangesOfTerms1764801100000,
] as const;
