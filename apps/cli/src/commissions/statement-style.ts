/** How a statement looks on a screen and on paper (A4). */
export const STATEMENT_STYLE = `
@page {
  size: A4;
  margin: 18mm 18mm 16mm;
  @bottom-right { content: counter(page) ' / ' counter(pages); font: 8pt system-ui, sans-serif; color: #555; }
}
* { box-sizing: border-box; }
body { margin: 0; background: #eee; color: #111; font: 10.5pt/1.45 system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; }
article { display: flex; flex-direction: column; width: 210mm; max-width: 100%; min-height: 297mm; margin: 8mm auto; padding: 18mm; background: #fff; }
article + article { break-before: page; }
header { display: flex; justify-content: space-between; gap: 8mm; padding-bottom: 4mm; border-bottom: 2px solid #111; }
header div + div { text-align: right; white-space: nowrap; }
h1 { margin: 0; font-size: 17pt; line-height: 1.2; overflow-wrap: anywhere; }
header p { margin: 1mm 0 0; color: #444; }
header .open { color: #b00020; font-weight: bold; letter-spacing: .06em; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 6mm; margin: 6mm 0; }
dt { color: #555; }
dd { margin: 0; overflow-wrap: anywhere; }
section { margin: 0 0 6mm; padding: 3mm 5mm; border: 1px solid #b00020; break-inside: avoid; }
h2 { margin: 0 0 1mm; font-size: 10.5pt; }
ul { margin: 0; padding-left: 5mm; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 1.8mm 0 1.8mm 4mm; text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th:first-child, td:first-child { padding-left: 0; text-align: left; font-variant-numeric: normal; white-space: normal; }
thead th { color: #555; font-weight: normal; border-bottom: 1px solid #999; }
tr { break-inside: avoid; }
tbody td { border-bottom: 1px solid #e2e2e2; }
.sums { break-inside: avoid; }
.sums th, .sums td { border-bottom: 0; font-weight: normal; }
.sums tr:first-child > * { border-top: 2px solid #111; }
.sums .amount > *, .sums .payable > * { font-weight: bold; }
.sums .payable > * { border-top: 1px solid #999; }
footer { margin-top: auto; padding-top: 10mm; color: #555; font-size: 8pt; break-inside: avoid; }
footer p { margin: 1mm 0 0; overflow-wrap: anywhere; }
@media print {
  body { background: none; }
  article { display: block; width: auto; min-height: 0; margin: 0; padding: 0; }
}
`;
