import { pointBelowPoint, shortFigure } from './figures.js';

/** A step of a reckoning: its name, and what it comes to (a canonical decimal). */
export type Step = readonly [name: string, amount: string];

/** Steps below one another, their points too. */
export function stepsTable(steps: readonly Step[], currency: string): string {
  const names = Math.max(...steps.map(([name]) => name.length));
  const amounts = pointBelowPoint(steps.map(([, amount]) => shortFigure(amount, currency)));
  return steps.map(([name], i) => `${name.padEnd(names)}   ${amounts[i]}`.trimEnd()).join('\n');
}
