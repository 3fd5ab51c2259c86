import type { DataRecord, Document, Field } from "../documents/document";
import { recordsOf } from "../documents/document";
import { countOf } from "./counts";
import type { Contradiction } from "./finding";
import { contradiction } from "./finding";

/** Latencies that cannot stand in the order they are given in, and percentiles from too few samples. */
export const percentileContradictions = (document: Document): Contradiction[] =>
  recordsOf(document).flatMap(record => {
    const ranks = record.fields.flatMap(rankOf).sort((a, b) => a.rank - b.rank);
    return [...outOfOrder(ranks), ...tooFew(ranks, record)];
  });

interface Rank {
  /** 0 is the least, 1 the most. */
  rank: number;
  value: number;
  field: Field;
  unit: string;
}

function rankOf(field: Field): Rank[] {
  if (field.number === undefined) return [];
  // Several measures may stand side by side; those of one are told by what is left of their names.
  const name = field.name.toLowerCase();
  const match =
    /(?<![a-z0-9])(?:p\(?(\d{2}(?:\.\d+)?)\)?|(min|minimum|最小值?)|(med|median|p50|中位数|中位數)|(max|maximum|最大值?))(?![a-z0-9])/.exec(
      name.replace(/_/g, " "),
    );
  if (!match) return [];
  const rank = match[1] ? Number(match[1]) / 100 : match[2] ? 0 : match[3] ? 0.5 : 1;
  const unit = `${name.replace(/_/g, " ").replace(match[0], "").trim()} ${/[a-zA-Zµ]+\s*$/.exec(field.text)?.[0].trim() ?? ""}`;
  return [{ rank, value: field.number, field, unit }];
}

function outOfOrder(ranks: Rank[]): Contradiction[] {
  return ranks.flatMap((one, index) => {
    const lower = ranks
      .slice(0, index)
      .find(other => other.unit === one.unit && other.rank < one.rank && other.value > one.value);
    if (!lower) return [];
    return [
      contradiction(
        "percentile-order",
        "high",
        one.field.name,
        [lower.field.place, one.field.place],
        `${lower.field.name} ${lower.field.text} is above ${one.field.name} ${one.field.text}`,
        "the tool's own output",
      ),
    ];
  });
}

/** Below 1/(1-q) samples a percentile is the largest value, and says nothing of the rest. */
function tooFew(ranks: Rank[], record: DataRecord): Contradiction[] {
  const samples = countOf(record, "samples") ?? countOf(record, "total");
  if (!samples) return [];
  return ranks.flatMap(({ rank, field }) => {
    if (rank <= 0.5 || rank >= 1) return [];
    const needed = Math.round(1 / (1 - rank));
    if (samples.value >= needed) return [];
    return [
      contradiction(
        "percentile-samples",
        "medium",
        field.name,
        [field.place, samples.field.place],
        `${samples.value} samples; the ${field.name} of fewer than ${needed} is their largest value`,
        `a run of at least ${needed} requests, better ten times as many`,
      ),
    ];
  });
}
