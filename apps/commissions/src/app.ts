import { checkAgreementsDir, type App } from '#libs/runtime';
import { loadAgreements } from './load-agreements.js';

/** Facts and agreements → commissions, ledger and statements. */
export const commissions: App = {
  name: 'commissions',
  needsDatabase: true,
  checkSettings: checkAgreementsDir,
  async start(platform) {
    await loadAgreements(platform);
    // Nest is loaded by who starts the app: commands use the functions below alone
    return (await import('./commissions-module.js')).startWorker(platform);
  },
};

export { runCommissions } from './commissions.js';
export { closePeriod } from './close-period.js';
export { readAgreements } from './read-agreements.js';
export { readChangedPlayers, type ChangedPlayers } from './read-changed.js';
export { readPlayer } from './read-player.js';
export { readStatement } from './read-statement.js';
export {
  CloseRefused,
  DealRefused,
  type RunProgress,
  type RunReport,
  type StoredDeals,
} from './run-report.js';
export { simulate } from './simulate.js';
export { storeDeals } from './store-deals.js';
