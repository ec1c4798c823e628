/** What the demo shows of the tools: events taken in as `import` does, and the text of `explain`. */
export { checkLine, type LineProblem } from './import/check-line.js';
export { readWay, type Way } from './explain/read-way.js';
export { tellWay } from './explain/tell-way.js';
