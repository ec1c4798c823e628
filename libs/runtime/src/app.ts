import type { Platform } from './platform.js';

/** One app: what it is called, what it needs, and how it starts on a platform. */
export interface App {
  name: string;
  needsDatabase: boolean;
  /** Resolves when the app does its work. @throws SettingsError for its own settings */
  start(platform: Platform): Promise<RunningApp>;
}

/** An app at work. */
export interface RunningApp {
  /** Where people and programs reach it. */
  addresses: { label: string; url: string }[];
  /** Takes no new work, finishes what was accepted, then lets go. */
  stop(): Promise<void>;
}
