import { parseInstant } from '#libs/events';
import { boundsOf, countDays, dayAt, wantedDays } from './days.js';

const NOW = Date.parse('2026-11-21T03:00:00Z');
const at = (text: string) => parseInstant(text)!;

it('takes the days of the property', () => {
  const zone = 'America/New_York';
  expect(wantedDays({}, zone, NOW, 3)).toEqual({ from: '20261118', to: '20261120' });
  expect(wantedDays({ from: at('2026-11-18') }, zone, NOW, 3)).toEqual({ from: '20261118', to: '20261118' });
  expect(wantedDays({ from: at('2026-11-18'), to: at('2026-11-20') }, zone, NOW, 3)).toEqual({
    from: '20261118',
    to: '20261119',
  });
  expect(wantedDays({ to: at('2026-11-20T12:00:00Z') }, zone, NOW, 1)).toEqual({
    from: '20261120',
    to: '20261120',
  });
  expect(
    wantedDays({ from: at('2026-11-20T02:00:00Z'), to: at('2026-11-20T05:00:00Z') }, zone, NOW, 1),
  ).toEqual({
    from: '20261119',
    to: '20261119',
  });
  expect(() => wantedDays({ from: at('2026-11-20'), to: at('2026-11-20') }, zone, NOW, 1)).toThrow(
    'before --to',
  );
  expect(dayAt(NOW, zone)).toBe('20261120');
});

it('knows when days begin, also where clocks change', () => {
  const days = { from: '20261031', to: '20261102' };
  expect(countDays(days)).toBe(3);
  expect(boundsOf(days, 'America/New_York')).toEqual({
    from: '2026-10-31T04:00:00.000000Z',
    to: '2026-11-03T05:00:00.000000Z',
  });
});
