/** What the demo shows of the tools: events taken in as `import` does, the text of `explain`, lines of statements. */
export { checkLine, type LineProblem } from './import/check-line.js';
export { readWay, type Way } from './explain/read-way.js';
export { tellWay } from './explain/tell-way.js';
export { figure } from './commissions/figures.js';
export { lineName } from './commissions/lines.js';
