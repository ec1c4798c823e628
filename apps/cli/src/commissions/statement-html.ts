import type { Statement } from '#libs/commissions';
import { count } from '../print.js';
import { figures } from './figures.js';
import { factsText, lineName, monthName, statusText, sumsOf, versionsText } from './lines.js';
import { markup, Markup } from './markup.js';
import { STATEMENT_STYLE } from './statement-style.js';

/**
 * Statements as one HTML file that stands alone: no scripts, nothing is fetched, and each statement begins a page of A4
 * where it is printed.
 */
export function statementsHtml(statements: readonly Statement[]): string {
  const titles = new Set(statements.map((s) => `${s.partner} ${s.period}`));
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${[...titles].join(', ')}</title>
<style>${new Markup(STATEMENT_STYLE)}</style>
</head>
<body>
${statements.map(articleOf)}
</body>
</html>
`;
  return page.text;
}

function articleOf(s: Statement): Markup {
  return markup`<article>
<header>
<div><h1>${s.partner}</h1><p>Commission statement of ${s.brand}</p></div>
<div><h1>${monthName(s.period)}</h1><p class="${s.status}">${s.status === 'open' ? 'OPEN' : `No. ${s.number} · closed`}</p></div>
</header>
<dl>
<dt>Agreement</dt><dd>${s.agreement}</dd>
<dt>Month</dt><dd>${s.period}, by the days of ${s.time_zone}</dd>
<dt>Status</dt><dd>${statusText(s)}</dd>
</dl>
${unfinishedOf(s)}
${tableOf(s)}
<footer>
<p>Rests on ${factsText(s.manifest.facts)}; ${versionsText(s.manifest)}.</p>
<p>Manifest <code>${s.manifest.hash}</code></p>
</footer>
</article>`;
}

function unfinishedOf({ unfinished }: Statement): Markup | undefined {
  if (unfinished.length === 0) return undefined;
  return markup`<section>
<h2>In the way of closing it</h2>
<ul>
${unfinished.map((what) => markup`<li>${what}</li>`)}
</ul>
</section>`;
}

function tableOf(s: Statement): Markup {
  const sums = sumsOf(s);
  const money = figures(
    [...s.lines, ...sums].map((row) => row.amount),
    s.currency,
  );
  const lines = s.lines.map(
    (line, i) =>
      markup`<tr><td>${lineName(line, s.period)}</td><td>${line.players === 0 ? '' : count(line.players)}</td><td>${money[i]}</td></tr>`,
  );
  const below = sums.map(
    ({ name, sum }, i) =>
      markup`<tr class="${sum}"><th colspan="2">${name}</th><td>${money[s.lines.length + i]}</td></tr>`,
  );
  return markup`<table>
<thead><tr><th>Line</th><th>Players</th><th>${s.currency}</th></tr></thead>
<tbody>
${lines.length === 0 ? markup`<tr><td colspan="3">Nothing was earned.</td></tr>` : lines}
</tbody>
<tbody class="sums">
${below}
</tbody>
</table>`;
}
