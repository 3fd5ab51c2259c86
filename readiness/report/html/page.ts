import { createHash } from "node:crypto";
import { canonicalJson, sha256 } from "../../../model/canonical";
import type { VerdictWord } from "../../../model/outcome";
import { outcomes, verdictOf } from "../../../model/outcome";
import type { Verdict } from "../../../model/verdict";
import type { Item } from "../../../policies/items/item";
import type { Blocker } from "../../blockers";
import { validUntil } from "../../valid-until";
import type { ReplayInput } from "../../replay";
import type { Decision } from "../../decision";
import { pathOf } from "../../decision";
import type { Measurement } from "./charts";
import { dimensionChart, limitChart, riskChart, roadChart } from "./charts";
import { glossary, limitTable, ruleTable, scanTable, sinceLast, waiverTable } from "./annex";
import type { Labels, Language } from "./labels";
import { labels } from "./labels";
import { releasePart } from "./releases";
import { style } from "./style";
import {
  blockerTable,
  chart,
  contradictionTable,
  evidenceTable,
  findingTable,
  historyTable,
  itemTable,
  promiseTable,
  safe,
  signatureTable,
  waffle,
} from "./tables";
import { whatIfSection } from "./what-if";
import { limits } from "../../../model/limits";
import { shareBounds } from "../../evidence/samples";
import { overriddenText } from "../../overridden";

/** A verdict's own shape, so that nobody has to tell colours apart. */
const shapes: Record<VerdictWord, string> = {
  GO: '<circle cx="12" cy="12" r="10"/><path d="M7 12l4 4 7-8" fill="none" stroke="#fff" stroke-width="2.5"/>',
  CONDITIONAL: '<path d="M12 2l11 20H1z"/><path d="M12 9v6M12 18v1" stroke="#fff" stroke-width="2.5"/>',
  INCONCLUSIVE: '<path d="M12 1l11 11-11 11L1 12z"/><path d="M12 7v6M12 16v1" stroke="#fff" stroke-width="2.5"/>',
  "NO-GO": '<path d="M8 2h8l6 6v8l-6 6H8l-6-6V8z"/><path d="M8 8l8 8M16 8l-8 8" stroke="#fff" stroke-width="2.5"/>',
  TAMPERED: '<path d="M8 2h8l6 6v8l-6 6H8l-6-6V8z"/><path d="M5 12h14" stroke="#fff" stroke-width="3"/>',
};

/** The page's own script: it hides rows that do not hold what is typed, and sorts by a column. The page says all without it. */
const script = `for(const h of document.querySelectorAll("thead th"))if(h.textContent){const b=document.createElement("button");b.type="button";b.textContent=h.textContent;h.textContent="";h.append(b);b.addEventListener("click",()=>{const r=h.parentNode.children,n=[...r].indexOf(h),d=h.getAttribute("aria-sort")==="ascending"?-1:1,c=new Intl.Collator(document.documentElement.lang,{numeric:true}),t=h.closest("table").tBodies[0];for(const o of r)o.removeAttribute("aria-sort");h.setAttribute("aria-sort",d>0?"ascending":"descending");t.append(...[...t.rows].sort((x,y)=>d*c.compare(x.cells[n].textContent,y.cells[n].textContent)))})}
for(const i of document.querySelectorAll("input[data-for]")){i.parentElement.hidden=false;i.addEventListener("input",()=>{const w=i.value.toLowerCase();for(const r of document.querySelectorAll("#"+i.dataset.for+" tbody tr"))r.hidden=!r.textContent.toLowerCase().includes(w)})}`;

export interface PageOptions {
  items: readonly Item[];
  language?: Language;
  /** What lets the page compute its verdict again: the script (`bin/replay.js`) and its input. */
  replay?: { script: string; input: ReplayInput };
}

/** The report as one HTML file: readable without scripts, without a request to anywhere, the same bytes for the same decision. */
export function toHtml(decision: Decision, { items, language = "en", replay }: PageOptions): string {
  const { verdict } = decision;
  const l = labels[language];
  const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src ${[script, ...(replay ? [replay.script] : [])].map(one => `'sha256-${createHash("sha256").update(one).digest("base64")}'`).join(" ")}`;
  const data = inScript(verdict);
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${safe(policy).replaceAll("&#39;", "'")}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${safe(`${verdict.verdict}: ${verdict.project} / ${verdict.stack}`)}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#blockers">${safe(l.skip)}</a>
<main>
<div class="first-page">
${banner(verdict, items, l)}
${firstLook(decision, l)}
</div>
${sections(decision, l).join("\n")}
${replay ? replaySection(l) : ""}
${replay ? whatIfSection({ blockers: decision.blockers, limits: limits[verdict.tier], contradictions: decision.contradictions.length }, l) : ""}
</main>
<footer>${safe(`greenlight, ${verdict.schema}; ${l.digest}: ${sha256(canonicalJson(verdict))}`)}</footer>
<script type="application/json" id="verdict">${data}</script>
${replay ? `<script type="application/json" id="input">${inScript(replay.input)}</script>` : ""}
<script>${script}</script>
${replay ? `<script>${replay.script}</script>` : ""}
</body>
</html>
`;
}

/** A value as JSON that no markup ends. */
const inScript = (value: unknown): string =>
  canonicalJson(value).replaceAll("<", "\\u003c").replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");

const replaySection = (l: Labels): string =>
  `<section id="replay"><h2>${safe(l.replay)}</h2>
<p id="replayed" role="status" data-same="${safe(l.same)}" data-other="${safe(l.other)}">${safe(l.notReplayed)}</p>
<p><label hidden>${safe(l.checkFiles)} <input type="file" id="files" multiple></label></p>
<pre id="hashed"></pre></section>`;

function banner(verdict: Verdict, items: readonly Item[], l: Labels): string {
  const facts: [string, string][] = [
    [l.subject, `${verdict.project} / ${verdict.stack}`],
    [l.tier, verdict.tier],
    [l.judgedAt, verdict.at ?? "–"],
    [l.validUntil, validUntil(verdict, items) ?? l.notValid],
    [l.resources, String(verdict.basis.resources)],
    [l.evidenceFiles, String(verdict.evidence?.length ?? 0)],
    [l.digest, sha256(canonicalJson(verdict)).slice(0, 16)],
  ];
  const simulated =
    verdict.basis.simulated.length > 0 ? `<p>SIMULATED: ${safe(verdict.basis.simulated.join("; "))}.</p>` : "";
  const overridden = overriddenText(verdict.overridden);
  return `<header class="banner ${verdict.verdict}">
<h1><svg viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">${shapes[verdict.verdict]}</svg>${verdict.verdict}</h1>
<p><strong>${safe(verdict.verdict === "GO" ? l.mayDeploy : l.mustNot)}</strong> ${safe(verdict.reason)}.</p>
${simulated}${overridden === undefined ? "" : `<p><strong>${safe(overridden)}.</strong></p>`}
</header>
<dl>${facts.map(([name, value]) => `<div><dt>${safe(name)}</dt><dd>${safe(value)}</dd></div>`).join("")}</dl>`;
}

function firstLook(decision: Decision, l: Labels): string {
  const { verdict, blockers, contradictions } = decision;
  const path = pathOf(decision);
  const first = blockers
    .slice(0, 3)
    .map(
      one =>
        `<li><a href="#${one.id}">${one.id}</a> ${one.priority} ${safe(one.title)} — <strong>${safe(one.owner ?? l.nobody)}</strong></li>`,
    );
  const at = (hours: number) =>
    verdict.at === undefined
      ? `${hours} h`
      : new Date(Date.parse(verdict.at) + hours * 3_600_000).toISOString().slice(0, 16).replace("T", " ");
  const next = `<p>${safe(l.nextEvaluation)}: ${safe(at(path.p50))} P50, ${safe(at(path.p90))} P90 (UTC)</p>`;
  const open = (["unverifiable", "stale", "simulated"] as const).map(state => {
    const ids = verdict.items.filter(item => item.state === state).map(item => `<a href="#${item.id}">${item.id}</a>`);
    return `<li>${state}: ${ids.length}${ids.length > 0 ? ` (${ids.join(" ")})` : ""}</li>`;
  });
  return `<div class="first">
<section><h2>${safe(l.threeThings)}</h2>${first.length > 0 ? `<ol>${first.join("")}</ol>${next}` : `<p>${safe(l.nothingBlocks)}</p>`}</section>
<section><h2>${safe(l.notKnown)}</h2><ul>${open.join("")}<li>${safe(l.contradictory)}: ${contradictions.length}</li></ul></section>
</div>`;
}

function sections(decision: Decision, l: Labels): string[] {
  const { verdict, blockers, contradictions, history } = decision;
  const section = (id: string, title: string, ...parts: string[]) =>
    `<section id="${id}"><h2>${safe(title)}</h2>\n${parts.join("\n")}</section>`;
  const path = pathOf(decision);
  const measured = measurements(verdict);
  const scans = scanTable(verdict, l);
  const open = verdict.findings.filter(one => verdictOf(one.state) !== "GO" && one.state !== "waived");
  const parts = [
    section(
      "blockers",
      l.blockers,
      blockers.length > 0 ? blockerTable(blockers, l) : `<p>${safe(l.nothingBlocks)}</p>`,
    ),
    ...(blockers.length > 0 ? [section("road", l.road, chart(l.road, roadChart(path, blockers, l.critical)))] : []),
    ...(verdict.dimensions
      ? [
          section(
            "dimensions",
            l.dimensions,
            chart(l.dimensions, dimensionChart(verdict)),
            `<p>${safe(l.gatesDecide)}</p>`,
          ),
        ]
      : []),
    section("risks", l.risks, ...riskCharts(blockers, l)),
    section("items", l.items, waffle(verdict), filter("items", l), itemTable(verdict, l)),
    ...(verdict.promises ? [section("promises", l.promises, promiseTable(verdict.promises, l))] : []),
    ...(measured.length > 0 ? [section("measured", l.measured, chart(l.measured, limitChart(measured)))] : []),
    ...(decision.lanes && decision.lanes.length > 0
      ? [section("releases", l.releases, ...decision.lanes.map(one => releasePart(one, limits[verdict.tier])))]
      : []),
    ...(scans === undefined ? [] : [section("scans", l.security, scans)]),
    section(
      "rules",
      l.rules,
      `<p>${outcomes.map(state => `${verdict.counts[state]} ${state}`).join(", ")}</p>`,
      filter("rules", l),
      ruleTable(verdict, decision.proofs, l),
    ),
    ...(open.length > 0 ? [section("findings", l.findings, findingTable(open, l.findings))] : []),
    section("waivers", l.waivers, verdict.waivers ? waiverTable(verdict, l) : `<p>${safe(l.noWaiver)}</p>`),
    ...(decision.previous ? [section("since", l.sinceLast, sinceLast(decision.previous, verdict, l))] : []),
    ...(history && history.length > 0 ? [section("history", l.history, historyTable(history, l))] : []),
    section("signatures", l.signatures, signatureTable(decision, l)),
    ...(contradictions.length > 0
      ? [section("contradictions", l.contradictions, contradictionTable(decision, l))]
      : []),
    section("evidence", l.evidence, evidenceTable(verdict, l)),
    section("limits", l.limits, limitTable(limits[verdict.tier], l)),
    section(
      "method",
      l.method,
      `<p>${safe(`${method} Seed of the sampling: ${path.seed}, ${path.samples} courses.`)}</p>`,
    ),
    section("words", l.glossary, glossary()),
  ];
  return parts;
}

const method =
  "An item is as good as the worst of its rules, its evidence and people's word. Seven outcomes are never merged: met, not met, waived, stale, simulated, unverifiable, not applicable. The worst blocking item decides: tampered, not met, what nobody can tell, waived, then GO. Shares of few samples are held to Wilson's interval at 95 %.";

/** Shown only where the script runs. */
const filter = (target: string, l: Labels): string =>
  `<p class="filter"><label hidden>${safe(l.filter)} <input type="search" data-for="${target}"></label></p>`;

/** One matrix, or where something is waived two: what was found, and what is left once it is let be. */
function riskCharts(blockers: readonly Blocker[], l: Labels): string[] {
  const axes = { likelihood: l.likelihood, impact: l.impact };
  if (!blockers.some(one => one.state === "waived")) return [chart(l.risks, riskChart(blockers, axes))];
  return [
    `<h3>${safe(l.beforeWaivers)}</h3>${chart(`${l.risks}: ${l.beforeWaivers}`, riskChart(blockers, axes, true))}`,
    `<h3>${safe(l.afterWaivers)}</h3>${chart(`${l.risks}: ${l.afterWaivers}`, riskChart(blockers, axes))}`,
  ];
}

/** What was measured, beside the number it has to stay below; one a promise, however many stores share it. */
function measurements(verdict: Verdict): Measurement[] {
  const rows = (verdict.promises ?? []).flatMap(({ what, measured, declared, unit, state }) =>
    measured === undefined
      ? []
      : [{ name: what, value: measured, limit: declared, unit, state, ...samplesOf(what, verdict) }],
  );
  return rows.filter((row, index) => rows.findIndex(one => one.name === row.name) === index);
}

/** The samples behind latency and errors, and between what the share of errors lies; of the load test that failed most. */
function samplesOf(what: string, { evidence = [] }: Verdict): Pick<Measurement, "samples" | "range"> {
  if (what !== "P95" && what !== "error rate") return {};
  const tests = evidence.flatMap(({ kind, facts }) => {
    const { total, failed } = facts ?? {};
    const isOne = kind === "load test" && typeof total === "number" && typeof failed === "number" && total > 0;
    return isOne ? [{ total, failed }] : [];
  });
  const worst = tests.sort((a, b) => b.failed / b.total - a.failed / a.total)[0];
  if (!worst) return {};
  const { low, high } = shareBounds(worst.failed, worst.total);
  const percent = (share: number) => Math.round(share * 10_000) / 100;
  return { samples: worst.total, ...(what === "error rate" ? { range: [percent(low), percent(high)] } : {}) };
}
