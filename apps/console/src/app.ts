import { readSettings, type App } from '#libs/runtime';
import { ConsoleSettings } from './console-settings.js';

/** The operators' API: receipts and status. */
export const consoleApp: App = {
  name: 'console',
  needsDatabase: true,
  checkSettings: (environment) => void readSettings(ConsoleSettings, environment),
  // Nest is loaded by who starts the app: commands use the functions below alone
  start: async (platform) => (await import('./console-module.js')).startConsole(platform),
};

export { readReceipt } from './read-receipt.js';
export { readStatus, type GroupLag, type Status } from './read-status.js';
export type { ReceiptAnswer, ReceiptState } from './receipt-state.js';
