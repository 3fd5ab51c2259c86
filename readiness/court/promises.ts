import type { Document, Place } from "../documents/document";
import { recordsOf } from "../documents/document";
import { textsOf } from "./counts";
import type { Contradiction } from "./finding";
import { contradiction } from "./finding";
import { limitIn, metricIn, quantityIn } from "./limits";
import { conceptOf, isNobody, levelIn } from "./words";

/** Promises that what is declared cannot keep, and priorities that the risks do not show. */
export const promiseContradictions = (documents: readonly Document[]): Contradiction[] => [
  ...lostMoreThanPromised(documents),
  ...betterThanDependencies(documents),
  ...documents.flatMap(priorities),
];

const dayMs = 86_400_000;
const cadences: [RegExp, number][] = [
  [/hourly|every hour|每小时|每小時/i, dayMs / 24],
  [/daily|every day|nightly|每日|每天|日备|日備/i, dayMs],
  [/weekly|every week|每周|每週/i, 7 * dayMs],
];
/** What ships every change as it is made: with it, a backup's cadence does not bound the loss. */
const continuous =
  /\bWAL\b|\bPITR\b|point[- ]in[- ]time|oplog|binlog|change stream|streaming replication|连续归档|連續歸檔|增量日志|时间点恢复/i;

function lostMoreThanPromised(documents: readonly Document[]): Contradiction[] {
  const all = documents.flatMap(textsOf);
  if (all.some(({ text }) => continuous.test(text))) return [];
  const promise = all.find(({ text }) => /\bRPO\b/i.test(text) && (rpoIn(text) ?? Infinity) < dayMs);
  const backups = all.flatMap(({ text, place }) => {
    if (!/back ?ups?|snapshot|备份|備份/i.test(text)) return [];
    return cadences.flatMap(([pattern, ms]) => (pattern.test(text) ? [{ text, place, ms }] : []));
  });
  const best = backups.sort((a, b) => a.ms - b.ms)[0];
  if (!promise || !best || best.ms <= rpoIn(promise.text)!) return [];
  const cadence = best.ms === dayMs ? "day" : best.ms > dayMs ? "week" : "hour";
  return [
    contradiction(
      "impossible-promise",
      "high",
      "RPO",
      [promise.place, best.place],
      `with a backup every ${cadence} and nothing shipped in between, up to a ${cadence} is lost, not ${Number((rpoIn(promise.text)! / 3_600_000).toFixed(2))} h`,
      "shipping of the log (WAL, oplog), and a restore drill that measures what is lost",
    ),
  ];
}

/** Milliseconds of an RPO that a text states. */
function rpoIn(text: string): number | undefined {
  const part = /\bRPO\b.{0,40}/i.exec(text)?.[0] ?? "";
  const found = limitIn(part) ?? quantityIn(part.replace(/^RPO\W*/i, ""));
  return found?.unit === "ms" ? found.value : undefined;
}

interface Availability {
  percent: number;
  place: Place;
  text: string;
}

/** An availability promised above what dependencies promise together: what depends on all of them is their product at best. */
function betterThanDependencies(documents: readonly Document[]): Contradiction[] {
  const own: Availability[] = [];
  const others: Availability[] = [];
  const percentIn = (text: string) => Number(/(?<!\d)(9\d(?:\.\d+)?)\s*%/.exec(text)?.[1] ?? NaN);
  const isOutside = (text: string) =>
    /dependenc|third[- ]party|vendor|upstream|\bSLA\b|依赖|依賴|供应商|供應商/i.test(text);
  const see = (text: string, around: string, place: Place) => {
    const percent = percentIn(text);
    if (Number.isNaN(percent)) return;
    if (isOutside(`${around} ${text}`)) others.push({ percent, place, text });
    else if (metricIn(`${around} ${text}`) === "availability") own.push({ percent, place, text });
  };
  for (const document of documents) {
    for (const line of document.lines) see(line.text, line.path.at(-1) ?? "", line.place);
    for (const record of recordsOf(document))
      for (const field of record.fields)
        if (metricIn(field.name) === "availability" || /\bSLA\b/i.test(field.name))
          see(
            /%/.test(field.text) ? field.text : `${field.text} %`,
            `${field.name} ${record.path.join(" ")}`,
            field.place,
          );
  }
  const [first] = own;
  if (!first || others.length === 0) return [];
  const ceiling = Number((others.reduce((product, one) => product * (one.percent / 100), 1) * 100).toFixed(4));
  if (first.percent <= ceiling) return [];
  return [
    contradiction(
      "impossible-promise",
      "high",
      "availability",
      [first.place, ...others.slice(0, 5).map(one => one.place)],
      `${others.map(one => `${one.percent} %`).join(" × ")} = ${ceiling} %, below the promised ${first.percent} %`,
      "a promise below the ceiling, or a way to do without the dependency",
    ),
  ];
}

/** Blockers of the highest priority beside a risk table that counts no high risk. */
function priorities(document: Document): Contradiction[] {
  const urgent = recordsOf(document).flatMap(record => {
    const field = record.fields.find(one => conceptOf(one.name) === "priority");
    return field && /\bP[01]\b/i.test(field.text) && (levelIn(field.text) ?? "high") === "high" ? [field] : [];
  });
  const counts = document.groups
    .filter(group => /risk|风险|風險/i.test(group.path.join(" ")))
    .flatMap(group => group.records)
    .flatMap(record => {
      const level = record.fields.find(field => levelIn(field.text) === "high" && field.number === undefined);
      const count = record.fields.find(field => field.number !== undefined && Number.isInteger(field.number));
      return level && count ? [{ count: count.number!, place: count.place }] : [];
    });
  const lines = document.lines
    .filter(line => /risk|风险|風險/i.test(`${line.path.join(" ")} ${line.text}`))
    .flatMap(line => {
      const match = /(?:high|高)(?:\s*risk|风险|風險)?\D{0,30}?(\d+)/i.exec(line.text);
      return match ? [{ count: Number(match[1]), place: line.place }] : [];
    });
  const high = [...counts, ...lines][0];
  if (!high || urgent.length === 0 || high.count >= urgent.length) return [];
  return [
    contradiction(
      "priority-against-risk",
      "medium",
      "high risks",
      [high.place, urgent[0]!.place],
      `${urgent.length} blockers of the highest priority, ${high.count} high risks`,
      "one list that both are made from",
    ),
  ];
}

/** Owners who are nobody, and approvals of one's own. */
export function peopleContradictions(document: Document): Contradiction[] {
  const found: Contradiction[] = [];
  for (const record of recordsOf(document)) {
    const people = (concept: "owner" | "author" | "approver") =>
      record.fields.find(field => conceptOf(field.name) === concept && field.text.trim() !== "");
    const [owner, author, approver] = [people("owner"), people("author") ?? people("owner"), people("approver")];
    if (owner && isNobody(owner.text)) found.push(nobody(owner.name, owner.place, owner.text));
    if (author && approver && same(author.text, approver.text) && !isNobody(author.text))
      found.push(
        contradiction(
          "approved-by-author",
          "high",
          approver.text,
          [author.place, approver.place],
          `${author.name} and ${approver.name} are both ${approver.text}`,
          "the approval of somebody else",
        ),
      );
  }
  for (const { text, place } of document.lines) {
    const match = /^[\s*_>-]*([\p{L} ]*(?:owner|负责人|負責人|责任人|責任人))[\s*_]*[:：][\s*_]*([^,，;；|]+)$/iu.exec(
      text,
    );
    if (match && isNobody(match[2]!)) found.push(nobody(match[1]!.trim(), place, match[2]!.trim()));
  }
  return found;
}

const nobody = (name: string, place: Place, text: string): Contradiction =>
  contradiction(
    "no-owner",
    "medium",
    name,
    [place],
    `${name} is "${text}"`,
    "somebody's name, and their word that it is theirs",
  );

const same = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();
