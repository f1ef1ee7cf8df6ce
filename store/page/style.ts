/** The look of the page: calm on a screen, whole on paper. No fonts, images or scripts from anywhere. */
export const style = `
:root { color-scheme: light; --ink: #1d2733; --soft: #5b6876; --line: #dfe4ea; --ground: #f5f7f9; --good: #17693f;
  --good-ground: #e7f4ec; --warn: #8a5300; --warn-ground: #fdf3e0; --bad: #a3231f; --bad-ground: #fcebea; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue",
  Arial, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 80px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 4px; font-weight: 650; letter-spacing: -0.01em; }
h2 { font-size: 19px; margin: 0 0 12px; font-weight: 650; }
h3 { font-size: 15px; margin: 24px 0 8px; font-weight: 650; }
h4 { font-size: 14px; margin: 18px 0 6px; font-weight: 600; }
p { margin: 6px 0; }
.quiet { color: var(--soft); }
.small { font-size: 13px; }
section { background: #fff; border: 1px solid var(--line); border-radius: 10px; padding: 24px 28px; margin: 20px 0; }
header { margin-bottom: 24px; }
.banner { display: flex; gap: 14px; align-items: baseline; border-radius: 10px; padding: 14px 20px; margin: 20px 0; }
.banner strong { white-space: nowrap; }
.good { color: var(--good); background: var(--good-ground); }
.warn { color: var(--warn); background: var(--warn-ground); }
.bad { color: var(--bad); background: var(--bad-ground); }
.word { display: inline-block; padding: 1px 8px; border-radius: 99px; font-size: 13px; font-weight: 550; white-space: nowrap; }
.word.plain { background: #eceff3; color: var(--ink); }
dl { display: grid; grid-template-columns: 150px 1fr; gap: 6px 16px; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th { text-align: left; font-weight: 550; color: var(--soft); font-size: 13px; padding: 6px 14px 6px 0; border-bottom: 1px solid var(--line); }
td { vertical-align: top; padding: 8px 14px 8px 0; border-bottom: 1px solid #edf0f3; overflow-wrap: break-word; }
tr:last-child td { border-bottom: 0; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; font-weight: 600; }
th.number { text-align: right; }
td.when { white-space: nowrap; font-variant-numeric: tabular-nums; }
code { font: 12.5px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
dd code { overflow-wrap: anywhere; }
ul { margin: 0; padding-left: 18px; }
li { margin: 3px 0; overflow-wrap: anywhere; }
table.compare td { overflow-wrap: anywhere; }
.step { margin: 10px 0 18px; padding-left: 14px; border-left: 3px solid var(--line); }
table.compare { table-layout: fixed; font-size: 13px; background: var(--ground); border-radius: 6px; margin: 6px 0 8px; }
table.compare th, table.compare td { padding: 5px 12px; }
table.compare th:first-child { width: 18%; }
table.compare tr.differs td:last-child { font-weight: 600; }
.record td { font-size: 13px; padding: 7px 12px 7px 0; }
.record td:first-child { white-space: nowrap; }
footer { color: var(--soft); font-size: 13px; margin-top: 32px; }
@page { size: A4; margin: 14mm 12mm; }
@media print {
  body { background: #fff; font-size: 10pt; }
  table, .record td { font-size: 8.5pt; }
  th, td, .record td { padding-right: 8px; }
  td.when { white-space: normal; }
  td { overflow-wrap: anywhere; }
  td.when, td.number, th { overflow-wrap: normal; }
  code { font-size: 8pt; }
  main { max-width: none; padding: 0; }
  section { border: 0; border-top: 1px solid var(--line); border-radius: 0; padding: 16px 0; margin: 0; }
  thead { display: table-header-group; }
  tr, .banner, dl, h2, h3, h4 { break-inside: avoid; }
  h2, h3, h4 { break-after: avoid; }
  .word { font-size: 8.5pt; padding: 0 6px; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
@media (max-width: 700px) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 8px; } section { overflow-x: auto; } }
`;
