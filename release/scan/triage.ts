import type { Triage } from "../settings";
import { settingsFile } from "../settings";
import type { ScanFinding, Triaged } from "../../model/scan";
import { scanRules } from "./rules";

/** Whether a path is meant by a pattern: `*` within a folder, `**` across them. */
export function matches(pattern: string, file: string): boolean {
  const expression = pattern
    .split(/(\*\*\/?|\*)/)
    .map(part =>
      part.startsWith("**")
        ? "(?:.*/)?" + (part === "**" ? "[^/]*" : "")
        : part === "*"
          ? "[^/]*"
          : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"),
    )
    .join("");
  return new RegExp(`^${expression}$`).test(file);
}

const yearMs = 366 * 86_400_000;

/** Takes out what was looked at; what is out of date, over-long or excuses nothing is a finding itself. */
export function triaged(
  findings: readonly ScanFinding[],
  entries: readonly Triage[],
  nowMs: number,
): { open: ScanFinding[]; triaged: Triaged[] } {
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const used = new Set<Triage>();
  const done: Triaged[] = [];
  const open: ScanFinding[] = [];
  for (const one of findings) {
    const entry = entries.find(
      each =>
        each.rule === scanRules[one.rule].id &&
        matches(each.file, one.file) &&
        (each.subject === undefined || each.subject === one.subject),
    );
    if (entry) used.add(entry);
    if (entry && entry.expires >= today) {
      const { as, reason, owner, expires } = entry;
      done.push({ ...one, as, reason, owner, expires });
    } else open.push(one);
  }
  for (const [index, entry] of entries.entries()) {
    const tooLong = Date.parse(entry.expires) - nowMs > yearMs;
    const problem = !used.has(entry)
      ? "excuses nothing; need it removed"
      : entry.expires < today
        ? `expired on ${entry.expires}; need it looked at again`
        : tooLong
          ? `is good until ${entry.expires}; need a day within a year`
          : undefined;
    if (problem)
      open.push({
        ...{ rule: "triage", state: "not met", file: settingsFile, subject: `scan.triage[${index}]` },
        message: `entry ${index + 1} (${entry.rule}, ${entry.file}) ${problem}`,
      });
  }
  return { open, triaged: done };
}
