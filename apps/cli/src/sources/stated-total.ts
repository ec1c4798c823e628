import { compilePath, type JsonValue, type StreamDefinition } from '#libs/sources';

/** How many records the partner says that there are, where the definition says where it says so. */
export function statedTotal({ paginator }: StreamDefinition, envelope: JsonValue): string | undefined {
  const path = paginator && 'stop' in paginator ? paginator.stop?.total_path : undefined;
  const total = path === undefined ? undefined : compilePath(path)(envelope);
  return typeof total === 'number' || typeof total === 'string' ? String(total) : undefined;
}
