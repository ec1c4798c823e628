export {
  openEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresLog,
  type EmbeddedPostgresOptions,
} from './embedded/embedded-postgres.js';
export { openThrowAwayPostgres, throwAwayFolder } from './embedded/throw-away-postgres.js';
export { findServer, startServer, stopServer, type RunningServer } from './embedded/server.js';
export { isAlive } from './embedded/holders.js';
export { Database, openDatabase, type DatabaseLogger } from './database.js';
export { isDataError, isTransient } from './transient.js';
export { arrayLiteral, defineInsert, type Cell, type Column, type Statement } from './set-statement.js';
export { instantOf, instantText } from './instants.js';
export {
  CONVERSION_FACT_COLUMNS,
  compareBytes,
  compareFacts,
  conversionFactOf,
  factOf,
  mergeConversionFacts,
  upsertConversionFacts,
  type ConversionFact,
  type ConversionSlot,
} from './facts/conversion-facts.js';
export {
  mergeClicks,
  mergeTouchpoints,
  NO_VERSION,
  upsertClicks,
  upsertTouchpoints,
  type ClickFact,
  type TouchpointFact,
  type Utm,
} from './facts/clicks.js';
export { readRetractions, type Retraction } from './facts/retractions.js';
export { ENTITY_COLUMNS } from './facts/entity-columns.js';
export {
  entityKeyOf,
  mergeEntityRows,
  previousColumns,
  upsertEntityRows,
  type EntityRow,
  type StoredTransaction,
} from './facts/entity-rows.js';
export {
  IDENTITY_KINDS,
  compareLinks,
  mergeIdentityLinks,
  upsertIdentityLinks,
  type Identity,
  type IdentityKind,
  type IdentityLinkFact,
} from './facts/identity-links.js';
export { mergeReturns, readReturns, upsertReturns, type ReturnFact } from './facts/returns.js';
export { deleteReceiptsBefore, mergeReceipts, upsertReceipts, type Receipt } from './facts/receipts.js';
export { insertFormerHolders, readFormerHolders, type FormerHolder } from './facts/former-holders.js';
export { insertFormerTouches, readFormerTouches, type FormerTouch } from './facts/former-touches.js';
export { insertDeadLetters } from './facts/dead-letters.js';
export { isUnsettled, markSettled, markUnsettled, type BatchRange } from './facts/unsettled-batches.js';
export {
  CONVERSION_COLUMNS,
  CONVERSION_EXPORT,
  changedSince,
  conversionOf,
  deleteConversions,
  nextRevision,
  upsertConversions,
  type ConversionRow,
  type StandingRow,
} from './projections/conversions.js';
export { readLookBacks, replaceLookBacks } from './projections/brand-settings.js';
export {
  deleteDepositPairings,
  upsertDepositPairings,
  type DepositPairing,
} from './projections/deposit-pairings.js';
export { readUntold } from './projections/read-untold.js';
export {
  countConversions,
  readConversionIds,
  readDepositsWithin,
  readEarliestDeposits,
  readIdsWithin,
  readConversionIdsAfter,
  readFacts,
  readLinks,
  readTouches,
  readTouchesWithin,
  withFacts,
  type IdentityWindow,
  type JourneyTouch,
} from './projections/read-scope.js';
export { readRows, type RowsQuery } from './read-rows.js';
export { readApprovedConversions, type ConversionFilter } from './projections/read-conversions.js';
export {
  advanceStream,
  claimStream,
  failStream,
  lookAtStream,
  readPaused,
  readStreamState,
  registerStreams,
  releaseStream,
  renewStreamLease,
  type ClaimedStream,
  type StreamFailure,
  type StreamKey,
  type StreamLook,
} from './sources/source-state.js';
export { noteStreamHealth, type StreamHealth } from './sources/stream-health.js';
export {
  deleteSourceWindowsBefore,
  readContentHash,
  recordUnfinished,
  type SourceWindow,
} from './sources/source-window.js';
export {
  advanceBackfill,
  cancelBackfill,
  claimBackfill,
  failBackfill,
  releaseBackfill,
  renewBackfillLease,
  requestBackfill,
  type ClaimedBackfill,
} from './sources/source-backfills.js';
export {
  beginShards,
  finishShard,
  keepShardProgress,
  readShardRows,
  setStreamState,
  type Ga4ShardRow,
} from './sources/ga4-shards.js';
export {
  forgetConversions,
  keepToldConversions,
  readGoneConversions,
  type GoneConversion,
  type GoneConversions,
} from './sources/ga4-conversions.js';
export { resetStream, setPaused } from './sources/source-changes.js';
export { blockBudget, keptAllowance, takeFromBudget, type Allowance } from './sources/api-budgets.js';
export { endTokenTurn, takeTokenTurn, type TokenTurn } from './sources/source-tokens.js';
export { replaceDefinitions, type LoadedDefinition } from './sources/source-definitions.js';
export {
  readBackfills,
  readRefusedDefinitions,
  readStreams,
  type BackfillStatus,
  type RefusedDefinition,
  type StreamStatus,
} from './sources/read-sources.js';
export { changeInputs, lockCommissions, lockMarks } from './commissions/worker-lock.js';
export {
  collectMarks,
  countMarkedWithin,
  countMarks,
  countMarksOf,
  hasMarkedPeriods,
  markAgreement,
  markBrand,
  markPeriods,
  markSubjects,
  readSubjects,
  takePeriods,
  takeSubjects,
  type MarkedSubject,
} from './commissions/marks.js';
export {
  countSetAside,
  markSetAside,
  readSetAside,
  setAgreementAside,
  setSubjectAside,
  takeBackAgreement,
  takeBackSubjects,
  type SetAside,
} from './commissions/set-aside.js';
export {
  readDeals,
  readRatesWithin,
  storeAgreement,
  storeNgr,
  type NewTerms,
  type StoredAgreement,
  type StoredNgr,
} from './commissions/deals.js';
export { readAcquisitions, type AcquisitionRow } from './commissions/read-acquisitions.js';
export {
  readActivities,
  type ActivityRow,
  type Factors,
  type WantedFacts,
} from './commissions/read-activities.js';
export { readFactsNow, type FactRow, type FactTerms, type FactsOf } from './commissions/facts-of-subjects.js';
export {
  hasKeptPlayers,
  keepPlayers,
  readAdjustedPeriods,
  readChangedSince,
  readKept,
  readKeptFacts,
  readUnlikeKept,
  type KeptMonthRow,
  type KeptRow,
} from './commissions/statement-players.js';
export {
  readQualifications,
  type QualificationRow,
  type WantedQualification,
} from './commissions/read-qualifications.js';
export {
  MONTH_DECIMALS,
  commissionDifference,
  differenceOf,
  readPartnerCommissions,
  readResults,
  writeCommissions,
  writeDifference,
  type CommissionRow,
  type CoveredRow,
  type MonthRow,
  type Results,
} from './commissions/results.js';
export {
  appendEntries,
  readClosedPeriods,
  readSubjectEntries,
  type BookedKey,
  type SubjectEntry,
} from './commissions/entries.js';
export {
  readCarryBefore,
  readCpas,
  readPartnerSums,
  readReckonedRange,
  replaceCarries,
} from './commissions/partner-months.js';
export {
  insertStatement,
  readBooked,
  readBookedElsewhere,
  readFoundation,
  readStatements,
  type BookedRow,
  type FoundationRates,
  type StatementRow,
} from './commissions/statements.js';
export {
  RatesContradict,
  readFxCurrencies,
  upsertFxRates,
  type PublishedRate,
  type StoredCurrency,
} from './commissions/fx-rates.js';
export { MIGRATIONS } from './migrations/migrations.js';
