/** Messages of google.pubsub.v1 as the fake sees them, as far as it looks at them. */

export interface WireDuration {
  seconds: string;
  nanos: number;
}

export interface WireTimestamp {
  seconds: string;
  nanos: number;
}

export interface WireMessage {
  data: Buffer;
  attributes: Record<string, string>;
  messageId: string;
  publishTime: WireTimestamp | null;
  orderingKey: string;
}

export interface WireSubscription {
  name: string;
  topic: string;
  ackDeadlineSeconds: number;
  retainAckedMessages: boolean;
  messageRetentionDuration: WireDuration | null;
  enableMessageOrdering: boolean;
  enableExactlyOnceDelivery: boolean;
  deadLetterPolicy: { deadLetterTopic: string; maxDeliveryAttempts: number } | null;
}

export interface WireReceived {
  ackId: string;
  message: WireMessage;
  deliveryAttempt: number;
}

export interface WirePullRequest {
  subscription: string;
  streamAckDeadlineSeconds: number;
  maxOutstandingMessages: string;
  maxOutstandingBytes: string;
}

export function timestampOf(ms: number): WireTimestamp {
  return { seconds: String(Math.floor(ms / 1000)), nanos: Math.floor((ms % 1000) * 1e6) };
}

export function msOf({ seconds, nanos }: WireTimestamp): number {
  return Number(seconds) * 1000 + nanos / 1e6;
}
