import { canonicalJson } from "../../model/canonical";
import type { Document } from "../documents/document";
import { countContradictions } from "./counts";
import type { Contradiction } from "./finding";
import { limitContradictions } from "./limits";
import { percentileContradictions } from "./percentiles";
import { peopleContradictions, promiseContradictions } from "./promises";
import { residueContradictions } from "./residue";
import { stateContradictions } from "./states";
import { timeContradictions } from "./times";

const severities = ["high", "medium", "low"] as const;

/**
 * Everything in these documents that cannot be true together, or at all. The order of the documents makes no difference:
 * findings come worst first, then by place.
 */
export function holdCourt(given: readonly Document[]): Contradiction[] {
  const documents = [...given].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
  const found = [
    ...documents.flatMap(document => [
      ...countContradictions(document),
      ...timeContradictions(document),
      ...percentileContradictions(document),
      ...peopleContradictions(document),
      ...residueContradictions(document),
    ]),
    ...stateContradictions(documents),
    ...limitContradictions(documents),
    ...promiseContradictions(documents),
  ];
  const unique = new Map(found.map(one => [canonicalJson(one), one]));
  const key = ({ severity, places: [place], class: kind }: Contradiction) =>
    [severities.indexOf(severity), place!.file, String(place!.line).padStart(9, "0"), kind].join("\n");
  return [...unique.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
