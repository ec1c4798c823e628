/** Whether kafkajs threw this for an error code of Kafka's protocol that has one of these names. */
export function isProtocolError(error: unknown, types: readonly string[]): error is Error & { type: string } {
  return error instanceof Error && 'type' in error && types.includes(String(error.type));
}
