import { pino, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';

export type { Logger } from 'pino';

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
    ? pretty({ colorize: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l', sync: true })
    : stream;
  return pino(
    { level, base: { app }, timestamp: pino.stdTimeFunctions.isoTime, errorKey: 'error' },
    destination,
  );
}
