import type { Environment } from './environment.js';
import type { Platform } from './platform.js';

/** One app: what it is called, what it needs, and how it starts on a platform. */
export interface App {
  name: string;
  needsDatabase: boolean;
  /** Reads the app's own settings, before anything is opened. @throws SettingsError with all that is wrong */
  checkSettings?(environment: Environment): void;
  /** Resolves when the app does its work. */
  start(platform: Platform): Promise<RunningApp>;
}

/** An app at work. */
export interface RunningApp {
  /** Where people and programs reach it. */
  addresses: { label: string; url: string }[];
  /** Takes no new work, finishes what was accepted, then lets go. */
  stop(): Promise<void>;
}
