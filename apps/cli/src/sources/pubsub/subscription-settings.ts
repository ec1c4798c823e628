import type { protos } from '@google-cloud/pubsub';
import type { SubscriptionAccess } from './found-subscription.js';

/** How a subscription is set, as far as the bridge is concerned. */
export interface SubscriptionSettings {
  subscription: string;
  topic: string;
  ack_deadline_seconds: number;
  exactly_once: boolean;
  ordering: boolean;
  /** Where what is delivered too often goes, and after how many attempts; null: it comes for ever. */
  dead_letter: { topic: string; max_attempts: number } | null;
  /** How long messages are kept that are not acknowledged. */
  retention_seconds: number | null;
  /** Whether acknowledged messages can be had again (`sources backfill`). */
  keeps_acknowledged: boolean;
  /** Empty for a subscription that is pulled. */
  push_endpoint: string;
  filter: string;
}

const PERMISSION_DENIED = 7;

/** @returns undefined where the account may not see it, which `roles/pubsub.subscriber` does not allow */
export async function readSettings({
  name,
  api,
}: SubscriptionAccess): Promise<SubscriptionSettings | undefined> {
  try {
    const [found] = await api.getSubscription({ subscription: name });
    return settingsOf(found);
  } catch (error) {
    if ((error as { code?: number }).code === PERMISSION_DENIED) return undefined;
    throw error;
  }
}

function settingsOf(found: protos.google.pubsub.v1.ISubscription): SubscriptionSettings {
  const policy = found.deadLetterPolicy;
  const ofTopic = Number(found.topicMessageRetentionDuration?.seconds ?? 0);
  return {
    subscription: found.name ?? '',
    topic: found.topic ?? '',
    ack_deadline_seconds: found.ackDeadlineSeconds ?? 0,
    exactly_once: found.enableExactlyOnceDelivery ?? false,
    ordering: found.enableMessageOrdering ?? false,
    dead_letter: policy?.deadLetterTopic
      ? { topic: policy.deadLetterTopic, max_attempts: policy.maxDeliveryAttempts ?? 5 }
      : null,
    retention_seconds: found.messageRetentionDuration ? Number(found.messageRetentionDuration.seconds) : null,
    keeps_acknowledged: (found.retainAckedMessages ?? false) || ofTopic > 0,
    push_endpoint: found.pushConfig?.pushEndpoint ?? '',
    filter: found.filter ?? '',
  };
}
