import { guessTime } from './guess-time.js';

describe('how times are written', () => {
  it.each([
    [['2026-11-21T10:00:00Z', '2026-11-21T10:00:00.5+01:00'], 'iso', true],
    [['2026-11-21T10:00:00'], 'iso', false],
    [['2026-11-21 10:00:00'], 'yyyy-MM-dd HH:mm:ss', false],
    [['2026-11-21 10:00'], 'yyyy-MM-dd HH:mm', false],
    [['2026-11-21 10:00:00.123'], 'yyyy-MM-dd HH:mm:ss.SSS', false],
    [['2026-11-21'], 'yyyy-MM-dd', false],
    [['2026/11/21'], 'yyyy/MM/dd', false],
    [['01-18-2016 01:44:41'], 'MM-dd-yyyy HH:mm:ss', false],
    [['01/02/2026', '18/02/2026'], 'dd/MM/yyyy', false],
    [['01.02.2026 10:00'], 'dd.MM.yyyy HH:mm', false],
    [['11/21/2026 1:05:00 PM'], 'MM/dd/yyyy h:mm:ss a', false],
    [['1764590400'], 'epoch_seconds', true],
    [['1764590400123'], 'epoch_ms', true],
    [['1764590400123456'], 'epoch_us', true],
  ])('%j is %s', (texts, format, hasZone) => {
    expect(guessTime(texts)).toEqual({ format, hasZone });
  });

  it.each([
    [[]],
    [['']],
    [['12.50']],
    [['2601266']],
    [['2026-11-21', 'soon']],
    [['2026-11-21', '01.02.2026']],
  ])('%j are no times', (texts: string[]) => {
    expect(guessTime(texts)).toBeUndefined();
  });
});
