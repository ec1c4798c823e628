import { createRequire } from 'node:module';
import { pino, type DestinationStream, type Logger } from 'pino';
import type { PinoPretty } from 'pino-pretty';

export type { Logger } from 'pino';

/** Readable lines are for people alone. */
const load = createRequire(import.meta.url);

/**
 * JSON lines on standard output; readable lines where that is a terminal. One line a batch, none an event;
 * never a secret or personal data.
 */
export function createLogger(
  app: string,
  level: string,
  stream: NodeJS.WriteStream = process.stdout,
): Logger {
  const destination: DestinationStream = stream.isTTY
    ? (load('pino-pretty') as typeof PinoPretty)({
        colorize: true,
        ignore: 'pid,hostname',
        translateTime: 'SYS:HH:MM:ss.l',
        sync: true,
      })
    : stream;
  return pino(
    { level, base: { app }, timestamp: pino.stdTimeFunctions.isoTime, errorKey: 'error' },
    destination,
  );
}
