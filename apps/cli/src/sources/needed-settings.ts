/** Names of the secrets and environment variables that placeholders in a definition's text look up, each once. */
export function neededSettings(text: string): { secrets: string[]; variables: string[] } {
  const named = (kind: string): string[] => [
    ...new Set(
      [...text.matchAll(new RegExp(`\\$\\{${kind}\\.([A-Za-z0-9_.-]+)\\}`, 'g'))].map(([, name]) => name!),
    ),
  ];
  return { secrets: named('secret'), variables: named('env') };
}

/** The variable that holds a secret. */
export function secretVariable(name: string): string {
  return `SECRET_${name.toUpperCase()}`;
}
