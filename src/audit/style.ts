/** The page's own style sheet: light and dark as the reader's system is, and on paper. */
export const css = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --paper: #fff; --raised: #f6f8fa;
  --link: #0550ae; --error: #b3261e; --warning: #9a6700; --note: #0a66c2; --full: #b3261e; --writes: #c98a00; --weak: #afb8c1; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9ea7b3; --line: #3d444d; --paper: #0d1117;
  --raised: #161b22; --link: #79b8ff; --error: #ff7b72; --warning: #e3b341; --note: #79b8ff; --full: #da3633; --writes: #bb8009; --weak: #484f58; } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1rem; max-width: 72rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; overflow-wrap: anywhere }
h1 { font-size: 1.6rem; line-height: 1.2 } h2 { margin-top: 2.5rem; font-size: 1.25rem; border-bottom: 1px solid var(--line) }
h3 { margin: 1.2rem 0 .3rem; font-size: 1rem }
a { color: var(--link) } a:focus-visible, summary:focus-visible, .wide:focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
code, pre { font: .875em/1.45 ui-monospace, "DejaVu Sans Mono", monospace }
pre { margin: .3rem 0; padding: .6rem; background: var(--raised); border: 1px solid var(--line); border-radius: 4px; white-space: pre-wrap }
p { margin: .5rem 0 } .soft { color: var(--soft) }
nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: 0; padding: 0; list-style: none }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .6rem; margin: 1rem 0; padding: 0; list-style: none }
.numbers a { display: block; height: 100%; padding: .6rem .8rem; background: var(--raised); border: 1px solid var(--line); border-radius: 4px; color: var(--soft); text-decoration: none }
.numbers a:hover { border-color: var(--link) }
.numbers b { display: block; font-size: 1.5rem; line-height: 1.2; color: var(--ink) }
.error { color: var(--error) } .warning { color: var(--warning) } .note { color: var(--note) }
.bars { display: grid; grid-template-columns: minmax(8rem, 25rem) 1fr; gap: .25rem .8rem; align-items: start; margin: .8rem 0 }
.bars.with { grid-template-columns: minmax(8rem, 18rem) 1fr minmax(8rem, 24rem) } .bars .where { font-size: .9em }
.bar { display: flex; align-items: center; min-height: 1.5rem; min-width: 0 } .bar i { height: .9rem; flex: none } .bar span { min-width: 0 } i + span { margin-left: .4rem }
i.error { background: var(--error) } i.warning { background: var(--writes) } i.note { background: var(--note) }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100% } th, td { padding: .3rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line) }
th { color: var(--soft); font-weight: 600 } th { white-space: nowrap } td { white-space: nowrap } tbody th { width: 1% } .risk th[scope=row] { min-width: 17rem; white-space: normal } .risk thead .number { min-width: 6rem; white-space: normal } td.where { width: 100%; min-width: 14rem; white-space: normal } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
.chart td, .chart th { padding: 1px 0; border: 0; white-space: nowrap; text-align: center } .chart th { font-weight: 400 } .chart th[scope=row] { padding-right: .8rem; text-align: left; color: var(--ink) }
.chart { width: auto } .chart th[scope=row] { width: auto } .chart td { min-width: 1.7rem; height: 1.4rem; font: 600 .8rem/1.4rem ui-monospace, "DejaVu Sans Mono", monospace }
.full { background: var(--full); color: #fff } .writes { background: var(--writes); color: #000 } .weak { background: var(--weak) }
.chart .last { border-right: 3px solid var(--paper) } .key span { display: inline-block; padding: 0 .5rem; margin-right: .2rem; border-radius: 2px }
details { margin: .4rem 0 } summary { cursor: pointer } details > :not(summary) { margin-left: 1rem }
.finding { padding: .4rem 0; border-top: 1px solid var(--line) } .finding:target { background: var(--raised); outline: 2px solid var(--link) }
ul.files { padding-left: 1.2rem } ol.statements { margin: .3rem 0; padding-left: 2.2rem }
@media (max-width: 40rem) { .risk thead { position: absolute; clip-path: inset(50%) } .risk tr, .risk th, .risk th[scope=row], .risk td { display: block; width: auto; min-width: 0; padding: .1rem 0; border: 0; text-align: left; white-space: normal }
  .risk tr { padding: .5rem 0; border-bottom: 1px solid var(--line) } .risk td[data-name]::before { content: attr(data-name) ": "; color: var(--soft) }
  .bars, .bars.with { grid-template-columns: 1fr } .bars .bar { margin-bottom: .4rem } .bars.with .bar { margin-bottom: 0 } .bars .where { margin-bottom: .6rem }
  .chart th[scope=row] { min-width: 7rem; max-width: 40vw; white-space: normal } body { padding: .7rem } }
@page { margin: 14mm }
@media print { :root { color-scheme: light; --ink: #000; --paper: #fff; --raised: #f6f8fa; --line: #999; --soft: #444; --link: #000 }
  body { max-width: none; padding: 0; font-size: 10pt } .risk th[scope=row] { min-width: 12rem } nav { display: none } .finding, tr, .numbers li { break-inside: avoid } h2, h3 { break-after: avoid }
  .wide { overflow: visible } details::details-content { content-visibility: visible; display: block; height: auto }
  i, .full, .writes, .weak { print-color-adjust: exact; -webkit-print-color-adjust: exact } }
`;
