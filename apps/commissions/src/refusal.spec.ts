import { refusalOf } from './refusal.js';

const sql = (code: string, more: object = {}): Error =>
  Object.assign(new Error('the value 17 of Anna'), { code, ...more });

describe('refusalOf', () => {
  it.each([
    [sql('22003'), 'PostgreSQL refuses it with SQLSTATE 22003'],
    [sql('23502', { column: 'amount' }), 'PostgreSQL refuses it with SQLSTATE 23502 in column amount'],
    [sql('54000'), 'PostgreSQL refuses it with SQLSTATE 54000'],
    [new RangeError('no day +010000-01-01'), 'working it out ends in RangeError'],
    // Of everybody alike: the table is not there, the connection is lost, the process stood still
    [sql('42P01'), undefined],
    [sql('57P01'), undefined],
    [sql('25P03'), undefined],
    [sql('ECONNRESET'), undefined],
    [new Error('Connection terminated unexpectedly'), undefined],
    ['thrown', undefined],
  ])('%s: %s', (error, refusal) => {
    expect(refusalOf(error)).toBe(refusal);
  });
});
