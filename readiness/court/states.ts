import type { DataRecord, Document, Field, Place } from "../documents/document";
import { recordsOf } from "../documents/document";
import type { Contradiction } from "./finding";
import { contradiction } from "./finding";
import { isBroken, limitIn, measuresIn, metricIn } from "./limits";
import type { State } from "./words";
import { conceptOf, iconState, stateOf, wordState } from "./words";

/** One thing said to be in two states, a sign against the value beside it, and ticked boxes against what was found. */
export const stateContradictions = (documents: readonly Document[]): Contradiction[] => [
  ...twoStates(documents),
  ...documents.flatMap(document => recordsOf(document).flatMap(signAgainstValue)),
  ...documents.flatMap(document => document.lines.flatMap(line => lineSign(line.text, line.place))),
  ...tickedAgainstFacts(documents),
];

interface Stated {
  state: State;
  field: Field;
  record: DataRecord;
}

const stateField = (record: DataRecord): Stated | undefined => {
  const field = record.fields.find(one => conceptOf(one.name) === "state");
  const state = field && stateOf(field.text);
  return field && state ? { state, field, record } : undefined;
};

function twoStates(documents: readonly Document[]): Contradiction[] {
  const known = new Map<string, Stated>();
  const found: Contradiction[] = [];
  for (const record of documents.flatMap(recordsOf)) {
    const name = record.fields.find(field => conceptOf(field.name) === "name");
    const stated = stateField(record);
    if (!name || !stated || stated.state === "open" || name.text.trim().length < 3) continue;
    // A stage, a run or an environment makes it another thing.
    const other = record.fields.filter(field => ["environment", "started", "ended"].includes(conceptOf(field.name)!));
    const key = [name.text.replaceAll("`", "").trim().toLowerCase(), ...other.map(field => field.text)].join("\n");
    const before = known.get(key);
    if (!before) known.set(key, stated);
    else if (before.state !== stated.state)
      found.push(
        contradiction(
          "two-states",
          "high",
          name.text.trim(),
          [before.field.place, stated.field.place],
          `${before.field.text} here, ${stated.field.text} there`,
          "the newest run of it, with its time",
        ),
      );
  }
  return found;
}

/** A row whose icon and words disagree, or whose state disagrees with its own value and limit. */
function signAgainstValue(record: DataRecord): Contradiction[] {
  const found: Contradiction[] = [];
  for (const field of record.fields) {
    const [icon, words] = [iconState(field.text), wordState(field.text)];
    if (icon && words && icon !== words && !(icon === "open" || words === "open"))
      found.push(sign(field.text, [field.place], `the sign says ${icon}, the words say ${words}`));
  }
  const stated = stateField(record);
  if (!stated || stated.state === "open") return found;
  const rest = record.fields.filter(field => field !== stated.field);
  const rate = rest.find(field => conceptOf(field.name) === "rate" && field.number !== undefined);
  const isPassed = stated.state === "pass";
  if (rate && (isPassed ? rate.number === 0 : rate.number === 100 && rate.text.includes("%")))
    found.push(sign(rate.name, [stated.field.place], `${stated.field.text} beside ${rate.name} ${rate.text}`));
  const limit = rest.map(field => ({ field, limit: limitIn(field.text) })).find(one => one.limit);
  const value = rest.find(
    field => field !== limit?.field && field.number !== undefined && unitOf(field.text) === limit?.limit?.unit,
  );
  if (limit?.limit && value && isBroken(limit.limit, value.number!) === isPassed)
    found.push(
      sign(
        limit.field.text,
        [stated.field.place],
        `${value.text} against ${limit.field.text} is ${isPassed ? "a failure" : "a pass"}, not ${stated.field.text}`,
      ),
    );
  return found;
}

const unitOf = (text: string): string => /([a-zA-Z%µ]+)\s*$/.exec(text.trim())?.[1]?.toLowerCase() ?? "";

const sign = (about: string, places: Place[], arithmetic: string): Contradiction =>
  contradiction("icon-against-value", "high", about, places, arithmetic, "the value itself, judged by its limit");

/** `✅ E2E pass rate 0 %`. */
function lineSign(text: string, place: Place): Contradiction[] {
  const icon = iconState(text);
  if (icon !== "pass" && icon !== "fail") return [];
  const rate = /(?:pass(?:ed|ing)? ?rate|success ?rate|通过率|通過率|成功率)\D{0,6}(\d+(?:\.\d+)?)\s*%/i.exec(text);
  if (!rate || (icon === "pass" ? Number(rate[1]) > 0 : Number(rate[1]) < 100)) return [];
  return [sign(rate[0], [place], `a sign of ${icon === "pass" ? "success" : "failure"} beside ${rate[0]}`)];
}

/** `[x] E2E >= 90 %` while elsewhere E2E is at 0 %. */
function tickedAgainstFacts(documents: readonly Document[]): Contradiction[] {
  const measured = documents.flatMap(measuresIn);
  return documents
    .flatMap(document => document.lines)
    .flatMap(line => {
      const limit = line.ticked ? limitIn(line.text) : undefined;
      const metric = line.ticked ? metricIn(line.text) : undefined;
      if (!metric) return [];
      const against = measured.find(
        one =>
          one.metric === metric &&
          one.place !== line.place &&
          (limit ? one.unit === limit.unit && isBroken(limit, one.value) : one.state === "fail"),
      );
      if (!against) return [];
      return [
        contradiction(
          "ticked-against-fact",
          "high",
          line.text,
          [line.place, against.place],
          limit
            ? `ticked, but ${against.text} does not keep to ${limit.text}`
            : `ticked, but it failed: ${against.text}`,
          "the measurement, made again",
        ),
      ];
    });
}
