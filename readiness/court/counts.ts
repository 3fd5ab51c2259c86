import type { DataRecord, Document, Field, Group, Place } from "../documents/document";
import { numberIn, recordsOf } from "../documents/document";
import type { Contradiction } from "./finding";
import { contradiction } from "./finding";
import type { Concept } from "./words";
import { conceptOf, stateOf } from "./words";

/** Numbers that must follow from each other: totals and rows, parts and sums, counts and percentages. */
export const countContradictions = (document: Document): Contradiction[] => [
  ...recordsOf(document).flatMap(record => [...partsOfTotal(record), ...rateOf(record)]),
  ...document.groups.flatMap(totalRow),
  ...rowsOfTotals(document),
  ...textsOf(document).flatMap(({ text, place }) => [...percentInText(text, place), ...sumInText(text, place)]),
  ...headedCounts(document),
];

/** The whole number a field holds, for a concept; undefined where the record has none or several. */
export function countOf(record: DataRecord, concept: Concept): { value: number; field: Field } | undefined {
  const hits = record.fields.filter(field => field.number !== undefined && conceptOf(field.name) === concept);
  const [field] = hits;
  return hits.length === 1 && Number.isInteger(field!.number) ? { value: field!.number!, field: field! } : undefined;
}

function partsOfTotal(record: DataRecord): Contradiction[] {
  const total = countOf(record, "total");
  if (!total) return [];
  const part = (concept: Concept) => countOf(record, concept);
  const [passed, failed, skipped] = [part("passed"), part("failed"), part("skipped")];
  const above = [passed, failed, skipped].find(one => one && one.value > total.value);
  if (above)
    return [
      contradiction(
        "above-total",
        "high",
        `${above.field.name} above ${total.field.name}`,
        [above.field.place, total.field.place],
        `${above.value} ${above.field.name} of ${total.value}`,
        "the tool's own output, counted again",
      ),
    ];
  if (!passed || !failed) return [];
  const sum = passed.value + failed.value + (skipped?.value ?? 0);
  // Some tools count what is neither passed nor failed under a name of their own.
  const other = record.fields.some(
    field => ![total, passed, failed, skipped].some(one => one?.field === field) && field.number === total.value - sum,
  );
  if (sum === total.value || (other && sum < total.value)) return [];
  const words = [passed, failed, ...(skipped ? [skipped] : [])].map(one => `${one.value} ${one.field.name}`);
  return [
    contradiction(
      "sum",
      "high",
      `${total.field.name} of ${record.path.at(-1) ?? "a record"}`,
      [total.field.place, passed.field.place],
      `${words.join(" + ")} = ${sum}, not ${total.value}`,
      "the tool's own output, counted again",
    ),
  ];
}

/** How far a percentage may be from its counts: it may have been rounded or cut at its last digit. */
const fits = (percent: number, text: string, share: number): boolean => {
  const digits = /\.(\d+)/.exec(text)?.[1]?.length ?? 0;
  return Math.abs(percent - share * 100) < 10 ** -digits;
};

function rateOf(record: DataRecord): Contradiction[] {
  const [passed, total] = [countOf(record, "passed"), countOf(record, "total")];
  const rate = record.fields.find(field => field.number !== undefined && conceptOf(field.name) === "rate");
  if (!rate || !passed || !total || total.value === 0 || passed.value > total.value) return [];
  const share = passed.value / total.value;
  // A rate without a sign may be a share or a percentage.
  const isShare = rate.number! <= 1 && !rate.text.includes("%") && !/percent|百分/i.test(rate.name);
  if (isShare ? Math.abs(rate.number! - share) < 0.01 : fits(rate.number!, rate.text, share)) return [];
  return [
    contradiction(
      "percentage-against-counts",
      "high",
      rate.name,
      [rate.place, passed.field.place],
      `${passed.value} of ${total.value} is ${percent(share)}, not ${rate.text}`,
      "the counts of the run itself",
    ),
  ];
}

const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;

const totalName = /^(total|sum|overall|合计|合計|总计|總計|总分|總分|小计|小計|共计|共計)$/i;

/** A last row that calls itself the total, column by column; `40/50` is added above and below the line. */
function totalRow(group: Group): Contradiction[] {
  const last = group.records.at(-1);
  if (!last || group.records.length < 3 || !last.fields.some(field => totalName.test(bare(field.text)))) return [];
  return last.fields.flatMap((field, column) => {
    const parts = group.records.slice(0, -1).map(record => record.fields[column]?.text ?? "");
    const wanted = fractionIn(field.text);
    const given = parts.map(fractionIn);
    if (wanted && given.every(one => one !== undefined)) {
      const above = sumOf(given.map(one => one[0]));
      const below = sumOf(given.map(one => one[1]));
      if (above === wanted[0] && below === wanted[1]) return [];
      return [added(field, given.map(one => one.join("/")).join(" + "), `${above}/${below}`, field.text)];
    }
    const number = numberIn(bare(field.text));
    const numbers = parts.map(text => numberIn(bare(text)));
    if (number === undefined || numbers.some(one => one === undefined)) return [];
    const unit = (text: string) => /[a-zA-Z%µ]+\s*$/.exec(bare(text))?.[0].trim() ?? "";
    if (unit(field.text) === "%" || new Set([field.text, ...parts].map(unit)).size > 1) return [];
    const sum = sumOf(numbers as number[]);
    return Math.abs(sum - number) < 1e-6 ? [] : [added(field, numbers.join(" + "), String(sum), field.text)];
  });
}

const added = (field: Field, parts: string, sum: string, said: string): Contradiction =>
  contradiction(
    "sum",
    "high",
    field.name || "total",
    [field.place],
    `${parts} = ${sum}, not ${said}`,
    "the rows, added again",
  );

const sumOf = (numbers: number[]): number => Number(numbers.reduce((sum, one) => sum + one, 0).toFixed(6));
const bare = (text: string): string => text.replace(/[*_`]/g, "").trim();

function fractionIn(text: string): [number, number] | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*\/\s*(\d+(?:\.\d+)?)$/.exec(bare(text));
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}

/** Lists of results, each beside records that count them: how many there are, and how many passed. */
function rowsOfTotals(document: Document): Contradiction[] {
  if (document.format === "markdown") return [];
  const beside = new Map<string, DataRecord[]>();
  for (const record of document.records) {
    const isSummary = /summary|stats|totals?$|汇总|總計|概要/i.test(record.path.at(-1) ?? "");
    const keys = [record.path, ...(isSummary ? [record.path.slice(0, -1)] : [])].map(path => path.join("\n"));
    for (const key of keys) beside.set(key, [...(beside.get(key) ?? []), record]);
  }
  return document.groups.flatMap(group => {
    const isResults = /results?$|tests?$|cases?$|items$|records$|builds$|steps$/i.test(group.path.at(-1) ?? "");
    const records = isResults ? (beside.get(group.path.slice(0, -1).join("\n")) ?? []) : [];
    // Where names repeat, as in suites within suites, nobody can tell which list a count is about.
    return records.length > 4 ? [] : records.flatMap(record => rowsAgainst(record, group));
  });
}

function rowsAgainst(record: DataRecord, group: Group): Contradiction[] {
  const states = group.records.map(one => one.fields.find(field => conceptOf(field.name) === "state"));
  const known = states.map(field => field && stateOf(field.text));
  const all = known.every(Boolean) ? known : undefined;
  const rows = {
    total: group.records.length,
    passed: all?.filter(one => one === "pass").length,
    failed: all?.filter(one => one === "fail").length,
  };
  return (["total", "passed", "failed"] as const).flatMap(concept => {
    const said = countOf(record, concept);
    const counted = rows[concept];
    if (!said || counted === undefined || said.value === counted) return [];
    const words = `${counted} ${concept === "total" ? "rows" : `rows ${concept}`}, not ${said.value}`;
    const places = [said.field.place, group.place];
    return [contradiction("total-against-rows", "high", said.field.name, places, words, "the rows, counted again")];
  });
}

/** All text of a document, cell by cell and line by line. */
export const textsOf = (document: Document): { text: string; place: Place }[] => [
  ...document.lines.map(({ text, place }) => ({ text, place })),
  ...recordsOf(document).flatMap(record => record.fields.map(({ text, place }) => ({ text, place }))),
];

/** `1/2 (100 %)`, `100% (1/2)`. */
function percentInText(text: string, place: Place): Contradiction[] {
  if (!text.includes("%") || text.length > 2_000) return [];
  const counts = String.raw`(\d{1,7})\s*(?:\/|of|out of)\s*(\d{1,7})`;
  const share = String.raw`(\d{1,3}(?:\.\d+)?)\s*%`;
  const between = String.raw`[\s,:;=，、：（(\[–—-]{1,4}`;
  const found: Contradiction[] = [];
  const check = (some: string, all: string, said: string) => {
    if (Number(all) === 0 || Number(some) > Number(all) || fits(Number(said), said, Number(some) / Number(all))) return;
    const words = `${some} of ${all} is ${percent(Number(some) / Number(all))}, not ${said} %`;
    found.push(
      contradiction("percentage-against-counts", "high", `${some}/${all}`, [place], words, "the counts themselves"),
    );
  };
  for (const match of text.matchAll(new RegExp(`(?<![\\d./])${counts}${between}${share}`, "g")))
    check(match[1]!, match[2]!, match[3]!);
  for (const match of text.matchAll(new RegExp(`(?<![\\d.])${share}${between}${counts}(?![\\d./])`, "g")))
    check(match[2]!, match[3]!, match[1]!);
  return found;
}

/** `89 reads + 127 declarations + 100 references = 316`. */
function sumInText(text: string, place: Place): Contradiction[] {
  const match = /((?:\d[\d,.]*[^\d+=<>!]{0,40}\s\+\s)+\d[\d,.]*[^\d+=<>!]{0,40}\s)=\s*(\d[\d,.]*)/.exec(
    text.includes("+") && text.includes("=") ? text.slice(0, 500) : "",
  );
  if (!match || /[×x*\/%-]\s*\d/.test(match[1]!) || /[-−*×\/]\s*$/.test(text.slice(0, match.index))) return [];
  const parts = [...match[1]!.matchAll(/\d[\d,]*(?:\.\d+)?/g)].map(([one]) => Number(one.replaceAll(",", "")));
  const said = Number(match[2]!.replaceAll(",", "").replace(/\.$/, ""));
  const sum = sumOf(parts);
  if (Math.abs(sum - said) < 1e-6) return [];
  return [
    contradiction(
      "sum",
      "high",
      "a sum",
      [place],
      `${parts.join(" + ")} = ${sum}, not ${said}`,
      "the parts, added again",
    ),
  ];
}

/** A heading with `(6/9)` or `6 of 9` and what stands below it. */
function headedCounts(document: Document): Contradiction[] {
  return document.lines.flatMap((heading, at) => {
    const match = heading.kind === "heading" ? /[(（\[]\s*(\d+)\s*\/\s*(\d+)\s*[)）\]]/.exec(heading.text) : null;
    if (!match) return [];
    const own = [...heading.path, heading.text].join("\n");
    const tables = document.groups.filter(group => group.path.join("\n") === own);
    const below = document.lines.slice(at + 1).filter(line => line.kind === "item" && line.path.join("\n") === own);
    // Details under an item are items too: only a list of one level can be counted.
    const rows = tables.length === 1 ? tables[0]!.records.length : tables.length === 0 ? below.length : 0;
    if (rows === 0 || rows === Number(match[1]) || rows === Number(match[2])) return [];
    return [
      contradiction(
        "total-against-rows",
        "medium",
        heading.text,
        [heading.place],
        `${rows} stand below it, not ${match[1]} of ${match[2]}`,
        "the rows, counted again",
      ),
    ];
  });
}
