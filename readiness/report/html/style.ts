/** The page's only style: system fonts, both themes, print; every pair of colours holds 4.5 to 1. */
export const style = `
:root{--ground:#fff;--ink:#1f2937;--faint:#4b5563;--line:#d1d5db;--panel:#f9fafb;--link:#1d4ed8;
--met:#166534;--bad:#b91c1c;--open:#92400e;--calm:#374151}
@media (prefers-color-scheme:dark){:root{--ground:#111827;--ink:#f3f4f6;--faint:#d1d5db;--line:#374151;--panel:#1f2937;--link:#93c5fd;
--met:#86efac;--bad:#fca5a5;--open:#fcd34d;--calm:#d1d5db}}
*{box-sizing:border-box}
html{font:16px/1.5 system-ui,"Noto Sans CJK SC","Noto Sans CJK TC",sans-serif;color:var(--ink);background:var(--ground)}
body{margin:0 auto;padding:1rem;max-width:72rem;overflow-wrap:anywhere}
a{color:var(--link)}
a:focus-visible,input:focus-visible,.scroll:focus-visible,summary:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-100rem}
.skip:focus{position:static}
h1{font-size:2.2rem;line-height:1.2;margin:0;display:flex;gap:.8rem;align-items:center;flex-wrap:wrap}
h2{font-size:1.3rem;margin:2rem 0 .5rem;border-bottom:2px solid var(--line)}
h3{font-size:1.05rem;margin:1rem 0 .3rem}
.banner{border:4px solid currentcolor;border-radius:.6rem;padding:1rem 1.2rem;background:var(--panel)}
.banner p{color:var(--ink);margin:.4rem 0}
.banner svg{width:2.4rem;height:2.4rem;flex:none}
.GO{color:var(--met)}.NO-GO,.TAMPERED{color:var(--bad)}.INCONCLUSIVE,.CONDITIONAL{color:var(--open)}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:.4rem 1rem;margin:1rem 0}
dt{color:var(--faint);font-size:.85rem}
dd{margin:0}
.first{display:grid;grid-template-columns:repeat(auto-fit,minmax(18rem,1fr));gap:1rem}
.first>section{background:var(--panel);border:1px solid var(--line);border-radius:.5rem;padding:.3rem 1rem 1rem}
.first h2{margin:.5rem 0;border:0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line)}
th{background:var(--panel);white-space:nowrap}
td{overflow-wrap:break-word;min-width:3.2rem;max-width:26rem}
#blockers td:first-child,#items td:first-child,#rules td:first-child,#findings td:first-child{white-space:nowrap}
.state{white-space:nowrap;font-weight:600}
.met{color:var(--met)}.not-met{color:var(--bad)}.unverifiable,.stale,.simulated,.waived{color:var(--open)}.not-applicable{color:var(--calm)}
.chart{background:#fff;border:1px solid var(--line);border-radius:.5rem;padding:.3rem;max-width:50rem}
.chart svg{width:100%;height:auto;display:block}
.waffle{display:grid;grid-template-columns:repeat(auto-fill,minmax(6rem,1fr));gap:.3rem;padding:0;list-style:none}
.waffle a{display:block;text-align:center;padding:.5rem .2rem;border:2px solid currentcolor;border-radius:.3rem;text-decoration:none;
font-weight:600;font-size:.85rem;background:var(--panel)}
th button{all:unset;cursor:pointer}
th button:focus-visible{outline:3px solid var(--link);outline-offset:2px}
th[aria-sort=ascending] button::after{content:" ▲"}th[aria-sort=descending] button::after{content:" ▼"}
#what-if ul{list-style:none;padding:0}#what-if .limits{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:.4rem}
#what-if input[type=number]{width:7rem}#supposed{font-weight:600}
button{font:inherit;color:inherit;background:var(--panel);border:1px solid var(--faint);border-radius:.3rem;padding:.2rem .6rem}
body[data-supposed]::after{content:attr(data-supposed);position:fixed;inset:0;display:grid;place-items:center;font-size:16vw;font-weight:800;
color:var(--bad);opacity:.16;transform:rotate(-24deg);pointer-events:none;overflow:hidden}
.words dt{font-weight:600;color:var(--ink)}
code{font-size:.85em}
input{font:inherit;color:inherit;background:var(--panel);border:1px solid var(--faint);border-radius:.3rem;padding:.3rem .5rem}
footer{margin-top:2rem;color:var(--faint);font-size:.85rem}
@media print{:root{--ground:#fff;--ink:#000;--faint:#333;--line:#999;--panel:#fff;--link:#000;--met:#14532d;--bad:#7f1d1d;--open:#78350f;--calm:#333}
html{font-size:11px}body{max-width:none;padding:0}.skip,.filter{display:none}.first-page{break-after:page}tr,.chart{break-inside:avoid}.scroll{overflow:visible}}
`;
