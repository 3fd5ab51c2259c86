import type { LimitText, Limits } from "../../../model/limits";
import { limitTexts } from "../../../model/limits";
import type { Verdict } from "../../../model/verdict";
import { daysBetween } from "../../../model/waiver";
import { differenceOf } from "../../difference";
import type { Labels } from "./labels";
import { cells, safe, stateCell, table } from "./tables";
import { limitNumber } from "./what-if";

/** What an auditor looks up: limits, exceptions, what flipped, scans, words. */

export const limitTable = (limits: Limits, l: Labels): string =>
  table(
    l.limits,
    ["what", "limit", "source"],
    (Object.entries(limitTexts) as [keyof Limits, LimitText][]).map(
      ([name, text]) =>
        `<tr>${cells(text.what, `${text.bound} ${limitNumber(limits[name], text)} ${text.unit}`, text.source)}</tr>`,
    ),
  );

/** Exceptions with the days they have left, counted from the moment it was judged at. */
export const waiverTable = ({ waivers = [], at }: Verdict, l: Labels): string =>
  table(
    l.waivers,
    ["rule", "resource", "category", "reason", "owner", "agreed by", "until", "days left"],
    waivers.map(one => {
      const left = at === undefined ? NaN : daysBetween(at.slice(0, 10), one.expires);
      const by = one.signed ? `${one.approver} (${l.signatures})` : `${one.approver} (${l.notSigned})`;
      return `<tr>${cells(one.rule, one.path === undefined ? one.resource : `${one.resource}: ${one.path}`, one.category, one.reason, one.owner, by, one.expires, Number.isNaN(left) ? "–" : left)}</tr>`;
    }),
  );

/** What is another state than in the verdict before, and what did it. */
export function sinceLast(previous: Verdict, verdict: Verdict, l: Labels): string {
  const { from, to, evidence, flips } = differenceOf(previous, verdict);
  const files = [
    ...evidence.added.map(file => `+ ${file}`),
    ...evidence.removed.map(file => `− ${file}`),
    ...evidence.changed.map(file => `≠ ${file}`),
  ];
  const head = `<p>${safe(`${previous.at ?? "?"}: ${from} → ${to}`)}</p>`;
  if (flips.length + files.length === 0) return `${head}<p>${safe(l.nothingFlipped)}</p>`;
  const rows = flips.map(one => `<tr>${cells(one.id, one.from, one.to, one.causes.join(", "))}</tr>`);
  const list = files.length > 0 ? `<ul>${files.map(one => `<li>${safe(one)}</li>`).join("")}</ul>` : "";
  return head + (rows.length > 0 ? table(l.sinceLast, ["id", "from", "to", "because of"], rows) : "") + list;
}

const dayMs = 86_400_000;

/** Scans of images by severity; undefined where none was read. */
export function scanTable({ evidence = [], at }: Verdict, l: Labels): string | undefined {
  const scans = evidence.filter(one => one.kind === "image scan");
  if (scans.length === 0) return undefined;
  const count = (value: unknown) => (typeof value === "number" ? value : "–");
  return table(
    l.security,
    ["file", "critical", "high", "medium", "low", "with a fix", "oldest severe", "scanner's database"],
    scans.map(({ file, facts = {} }) => {
      const { critical, high, medium, low, fixable, oldestSevereAt, databaseAt } = facts;
      const all = [critical, high, medium, low].reduce<number>(
        (sum, one) => sum + (typeof one === "number" ? one : 0),
        0,
      );
      const share = typeof fixable === "number" && all > 0 ? `${Math.round((fixable / all) * 100)} %` : "–";
      const days =
        typeof oldestSevereAt === "number" && at !== undefined
          ? `${Math.floor((Date.parse(at) - oldestSevereAt) / dayMs)} d`
          : "–";
      const built = typeof databaseAt === "number" ? new Date(databaseAt).toISOString().slice(0, 16) : "–";
      return `<tr>${cells(file, count(critical), count(high), count(medium), count(low), share, days, built)}</tr>`;
    }),
  );
}

const words: [string, string][] = [
  ["met", "looked at, and as it has to be; only this carries a GO"],
  ["not met", "looked at, and not as it has to be"],
  ["waived", "not as it has to be; two people agreed to that until a day"],
  ["stale", "older than it may be, or what it covers changed since"],
  ["simulated", "not of a real system: simulated, or rehearsed on processes of one machine"],
  ["unverifiable", "nobody can tell: missing, empty, unsigned, or too little"],
  ["not applicable", "there is nothing to look at, or it is not asked here"],
  ["GO", "may be deployed"],
  ["CONDITIONAL", "may be deployed with the exceptions that were signed for"],
  ["INCONCLUSIVE", "something cannot be told: must not be deployed"],
  ["NO-GO", "something is not met: must not be deployed"],
  ["TAMPERED", "something is not what was written: must not be deployed"],
  ["declared, provable, measured", "what is promised, what the design can attain at best, what evidence showed"],
  ["P50, P90", "half, and nine of ten, of the sampled courses are over by then"],
];

export const glossary = (): string =>
  `<dl class="words">${words.map(([word, text]) => `<div><dt>${safe(word)}</dt><dd>${safe(text)}</dd></div>`).join("")}</dl>`;

/** Rules, and how often each was seen red when what it looks at was weakened. */
export const ruleTable = (
  verdict: Verdict,
  proofs: { at: string; rules: Record<string, { tried: number; noticed: number }> } | undefined,
  l: Labels,
): string =>
  table(
    l.rules,
    [
      "rule",
      "wanted",
      "severity",
      "state",
      "inspected",
      ...(proofs ? [`${l.seenRed} (${proofs.at.slice(0, 10)})`] : []),
    ],
    verdict.rules.map(rule => {
      const proof = proofs?.rules[rule.id];
      const red = proofs ? cells(proof ? `${proof.noticed} / ${proof.tried}` : "–") : "";
      return `<tr>${cells(rule.id, rule.title, rule.severity)}${stateCell(rule.state)}${cells(rule.inspected)}${red}</tr>`;
    }),
  );
