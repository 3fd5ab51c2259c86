import type { Outcome } from "../../../model/outcome";
import type { Verdict } from "../../../model/verdict";
import { roles } from "../../../policies/passport";
import type { Blocker } from "../../blockers";
import type { Past } from "../../ledger";
import type { Decision } from "../../decision";
import { amounts } from "../decision";
import type { Labels } from "./labels";

/** The page's tables; data goes in as text, never as markup. */

/** Text from evidence, manifests or people: it stays text, shows no other direction and no control character. */
export const safe = (value: unknown): string =>
  String(value)
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "\ufffd")
    .replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`);

/** A picture with its name for those who do not see it. */
export const chart = (name: string, svg: string): string =>
  `<div class="chart" role="img" aria-label="${safe(name)}">${svg}</div>`;

export const stateCell = (state: Outcome): string => `<td class="state ${state.replace(" ", "-")}">${state}</td>`;
export const table = (name: string, head: string[], rows: string[]): string =>
  `<div class="scroll" tabindex="0" role="region" aria-label="${safe(name)}"><table><thead><tr>${head.map(one => `<th scope="col">${safe(one)}</th>`).join("")}</tr></thead><tbody>${rows.join("\n")}</tbody></table></div>`;
export const cells = (...all: (string | number)[]): string => all.map(one => `<td>${safe(one)}</td>`).join("");

export const blockerTable = (blockers: readonly Blocker[], l: Labels): string =>
  table(
    l.blockers,
    ["#", "P", "what", "state", "impact", "owner", "h", "after", "proof"],
    blockers.map(
      one =>
        `<tr id="${one.id}">${cells(one.id, one.priority, one.title)}${stateCell(one.state)}${cells(`${one.impact} (${one.items.join(", ")})`, one.owner ?? l.nobody, one.hours.join("–"), one.dependsOn.join(", "), one.proof)}</tr>`,
    ),
  );

export const waffle = (verdict: Verdict): string =>
  `<ul class="waffle">${verdict.items
    .map(
      item => `<li><a class="${item.state.replace(" ", "-")}" href="#${item.id}">${item.id}<br>${item.state}</a></li>`,
    )
    .join("")}</ul>`;

export const itemTable = (verdict: Verdict, l: Labels): string =>
  table(
    l.items,
    ["item", "wanted", "state", "why", "inspected"],
    verdict.items.map(
      item =>
        `<tr id="${item.id}">${cells(item.id, item.title)}${stateCell(item.state)}${cells(item.reason, item.inspected)}</tr>`,
    ),
  );

/** Earlier verdicts, newest first, each with how many items held then. */
export const historyTable = (history: readonly Past[], l: Labels): string =>
  table(
    l.history,
    ["when", "verdict", "items met", "items not met", ""],
    history.map(
      one =>
        `<tr>${cells(one.at, one.verdict, one.met, one.notMet, one.overridden === undefined ? "" : `OVERRIDDEN, ${one.overridden}`)}</tr>`,
    ),
  );

export const promiseTable = (promises: NonNullable<Verdict["promises"]>, l: Labels): string =>
  table(
    l.promises,
    ["promise", "of", "declared", "provable", "measured", "state"],
    promises.map(one => `<tr>${cells(one.what, one.of, ...amounts(one))}${stateCell(one.state)}</tr>`),
  );

/** How many findings the page shows; the JSON in it has all. */
const shownFindings = 500;

export const findingTable = (findings: Verdict["findings"], name: string): string =>
  table(
    name,
    ["rule", "state", "resource", "path", "found", "needed", "fix"],
    findings
      .slice(0, shownFindings)
      .map(
        one =>
          `<tr>${cells(one.rule)}${stateCell(one.state)}${cells(one.resource, one.path, one.found, one.needed, one.fix)}</tr>`,
      ),
  ) + (findings.length > shownFindings ? `<p>+${findings.length - shownFindings}</p>` : "");

/** A line a role: who signed for which verdict, and a blank where nobody did. */
export const signatureTable = ({ signed }: Decision, l: Labels): string =>
  table(
    l.signatures,
    ["role", "name", "decision", "judged at", "key", "digest of the verdict signed for"],
    roles.map(role => {
      const one = signed?.by.find(other => other.role === role);
      const cellsOf =
        signed && one
          ? [one.name, signed.verdict, signed.at, one.key.slice(0, 16), signed.digest.slice(0, 16)]
          : [l.notSigned, "", "", "", ""];
      return `<tr>${cells(role, ...cellsOf)}</tr>`;
    }),
  );

export const contradictionTable = ({ contradictions }: Decision, l: Labels): string =>
  table(
    l.contradictions,
    ["class", "severity", "where", "arithmetic", "settled by"],
    contradictions.map(
      one =>
        `<tr>${cells(one.class, one.severity, one.places.map(place => `${place.file}:${place.line}`).join(", "), one.arithmetic, one.settles)}</tr>`,
    ),
  );

export const evidenceTable = (verdict: Verdict, l: Labels): string =>
  table(
    l.evidence,
    ["file", "read as", "kind", "milestone", "gathered", "in", "signed by", "facts", "SHA-256"],
    (verdict.evidence ?? []).map(
      one =>
        `<tr>${cells(one.file, one.format ?? l.unknownFile, one.kind ?? "", one.milestone ?? "", one.ended ?? "", one.environment ?? "", one.producer ?? l.notSigned)}<td>${safe(
          Object.entries(one.facts ?? {})
            .map(([name, value]) => `${name} ${value}`)
            .join(", "),
        )}</td><td><code>${one.sha256.slice(0, 16)}</code></td></tr>`,
    ),
  );
