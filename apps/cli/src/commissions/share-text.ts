import type { Scale, Share } from '#libs/commissions';
import { figure, percent, shortFigure } from './figures.js';

/**
 * How a share came from what counts: `25 % of 95.00 = 23.75`; of a ladder one line a step.
 * @param of what is shared
 */
export function shareText(share: Share, of: string, currency: string, scale: Scale | undefined): string[] {
  const result = shortFigure(share.amount, currency);
  if (share.parts) {
    return [
      ...share.parts.map(
        ({ from, rate, part }) =>
          `${percent(rate)} of the ${shortFigure(part, currency)} in the step from ${figure(from, currency)}`,
      ),
      `together ${result}`,
    ];
  }
  const whole = `${percent(share.rate!)} of ${shortFigure(of, currency)} = ${result}`;
  if (!share.step) return [whole];
  const { from, value } = share.step;
  const reached =
    scale?.by === 'first_deposits'
      ? `${value} first deposits reach the step from ${from}`
      : `${shortFigure(value, currency)} reach the step from ${figure(from, currency)}`;
  return [`${reached}: ${whole}`];
}
