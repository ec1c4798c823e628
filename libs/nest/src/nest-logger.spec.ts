import { PassThrough } from 'node:stream';
import { createLogger } from '#libs/runtime';
import { NestLogger } from './nest-logger.js';

describe('NestLogger', () => {
  it('takes the chatter of a start for debug, warnings and errors for what they are', () => {
    const stream = new PassThrough();
    const nest = new NestLogger(createLogger('normalizer', 'trace', stream as unknown as NodeJS.WriteStream));
    nest.log('Starting', 'NestFactory');
    nest.warn('careful', 'Router');
    nest.error(new Error('broken'), 'stack', 'Injector');
    const lines = String(stream.read()).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: 20, context: 'NestFactory', msg: 'Starting' },
      { level: 40, context: 'Router', msg: 'careful' },
      { level: 50, context: 'Injector', msg: 'Error: broken', error: { message: 'broken' } },
    ]);
  });
});
