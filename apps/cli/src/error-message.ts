/** What an error says, also where it only holds others (a connection that was refused on every address). */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return [...new Set(error.errors.map(messageOf))].join('; ');
  }
  return error instanceof Error ? error.message || error.name : String(error);
}
