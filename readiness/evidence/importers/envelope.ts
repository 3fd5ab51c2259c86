import { evidenceSchema } from "../../../model/evidence";
import { fail } from "../../../model/faults";
import type { FactName, FactValues, Importer } from "../imported";
import { isObject, known } from "../imported";

/** Facts an envelope may state; others are passed over. */
const names: readonly FactName[] = [
  ...([
    "total",
    "failed",
    "p95Ms",
    "jobP95Ms",
    "coverage",
    "severe",
    "inspected",
    "rtoMs",
    "rpoMs",
    "rollbackMs",
  ] as const),
  ...(["critical", "high", "medium", "low", "fixable", "oldestSevereAt"] as const),
  ...(["objectives", "missed", "pages", "pagesActedOn", "brokenLimits", "databaseAt", "succeeded"] as const),
];

/** Our own envelope, as drills and scans write it. One that is not whole is refused, not read as far as it goes. */
export const envelope: Importer = ({ file }, value) => {
  if (!isObject(value) || value.schema !== "greenlight.evidence/1") return undefined;
  const { success, data, error } = evidenceSchema.safeParse(value);
  if (!success) {
    const [issue] = error.issues;
    throw fail(
      `${file}: ${issue!.path.map(String).join(".") || "(top)"}`,
      "not as the envelope wants it",
      issue!.message,
    );
  }
  const facts: Record<string, number | boolean> = {};
  const at: Partial<Record<FactName, string>> = {};
  for (const [index, fact] of data.facts.entries()) {
    const name = names.find(one => one === fact.name);
    if (!name || typeof fact.value === "string") continue;
    // A fact of no sample was not measured.
    if (fact.samples === 0) continue;
    facts[name] = fact.value;
    at[name] = fact.at ?? `/facts/${index}`;
  }
  const simulated = {
    cluster: undefined,
    repository: undefined,
    processes: "rehearsed on processes of one machine",
    simulated: "simulated",
  }[data.environment.kind];
  return [
    {
      format: "Greenlight evidence",
      kind: data.kind,
      facts: facts as Partial<FactValues>,
      at,
      endedMs: Date.parse(data.ended),
      environment: data.environment.name,
      images: data.subject.images ?? [],
      // What does not say of what it is stands in for nothing but a run of the same configuration.
      what: data.subject.what ?? data.config,
      stores: data.subject.stores ?? [],
      config: data.config,
      ...known({ commit: data.subject.commit, simulated }),
    },
  ];
};
