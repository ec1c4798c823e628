import { databaseOf, readAgreementsDir, type Platform } from '#libs/runtime';
import { DealRefused } from './run-report.js';
import { storeDeals } from './store-deals.js';

/**
 * Stores the agreements of `AGREEMENTS_DIR`. What cannot work, or would change a month that is closed, is said, and what was
 * stored before stays in force: nobody's commissions stop for somebody's file, also where it is gone, which is said too.
 */
export async function loadAgreements(platform: Platform): Promise<void> {
  const { settings, logger, health } = platform;
  const { agreements, ngrs, problems } = readAgreementsDir(settings.AGREEMENTS_DIR);
  if (problems.length > 0) logger.error({ problems }, 'agreements are left out: their files cannot work');
  let refused: string | undefined;
  let withoutFile: string[] = [];
  try {
    const stored = await storeDeals(databaseOf(platform), [...ngrs, ...agreements], new Date());
    logger.info({ changed: stored.changed, unchanged: stored.unchanged.length }, 'agreements are stored');
    withoutFile = stored.withoutFile;
    if (withoutFile.length > 0) logger.warn({ withoutFile }, 'agreements without a file stay in force');
  } catch (error) {
    if (!(error instanceof DealRefused)) throw error;
    refused = error.message;
    logger.error({ refused }, 'agreements are not stored: those that were stay in force');
  }
  const remarks = [
    ...(refused === undefined ? [] : [refused]),
    ...(problems.length === 0 ? [] : [`${problems.length} problems in AGREEMENTS_DIR`]),
    ...(withoutFile.length === 0
      ? []
      : [`in force without a file that can be used: ${withoutFile.join(', ')}`]),
  ];
  health.addRemark('agreements', () => (remarks.length === 0 ? undefined : remarks.join('; ')));
}
