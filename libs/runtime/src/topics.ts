import type { TopicSpec } from '#libs/event-log';
import { TOPIC_RETENTION, Topic } from '#libs/events';
import type { Platform } from './platform.js';

/** Every topic as it must exist, with the installation's number of partitions. */
export function topicSpecs(partitions: number): TopicSpec[] {
  return Object.values(Topic).map((name) => ({ name, partitions, ...TOPIC_RETENTION[name] }));
}

/** Creates what is missing: tables (where the process has a database) and topics. Safe at any time. */
export async function migrate(platform: Platform): Promise<void> {
  await platform.database?.migrate();
  await platform.eventLog.ensureTopics(topicSpecs(platform.settings.KAFKA_PARTITIONS));
}

/** @throws NotMigratedError where tables or topics that this version needs are missing */
export async function assertMigrated(platform: Platform): Promise<void> {
  const missing = await platform.eventLog.missingTopics(Object.values(Topic));
  const pending = (await platform.database?.pendingMigrations()) ?? [];
  const problems = [
    ...missing.map((name) => `topic ${name} does not exist`),
    ...pending.map((name) => `migration ${name} has not run`),
  ];
  if (problems.length > 0) throw new NotMigratedError(problems);
}

/** The installation lacks tables or topics of this version. */
export class NotMigratedError extends Error {
  override readonly name = 'NotMigratedError';
  constructor(problems: readonly string[]) {
    super(`run "npx tributary migrate" first:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
  }
}
