import { PassThrough } from 'node:stream';
import { createLogger, type Logger } from './logger.js';

function recorded(level = 'trace'): { logger: Logger; lines: () => Record<string, unknown>[] } {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const lines = (): Record<string, unknown>[] =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { logger: createLogger('normalizer', level, stream as unknown as NodeJS.WriteStream), lines };
}

describe('createLogger', () => {
  it('writes one line of JSON with the app, the instant and the fields, and nothing of the machine', () => {
    const { logger, lines } = recorded();
    logger.info({ topic: 'raw-events', in: 7 }, 'normalized');
    expect(lines()).toEqual([
      {
        level: 30,
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
        app: 'normalizer',
        topic: 'raw-events',
        in: 7,
        msg: 'normalized',
      },
    ]);
  });

  it('writes what went wrong, with its stack', () => {
    const { logger, lines } = recorded();
    logger.error({ error: new RangeError('too far') }, 'failed');
    expect(lines()).toMatchObject([
      {
        error: {
          type: 'RangeError',
          message: 'too far',
          stack: expect.stringContaining('logger.spec') as string,
        },
      },
    ]);
  });

  it('keeps to its level', () => {
    const { logger, lines } = recorded('warn');
    logger.info('quiet');
    logger.warn('loud');
    expect(lines().map((l) => l['msg'])).toEqual(['loud']);
  });
});
