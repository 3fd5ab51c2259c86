import { exitCodes } from "../../model/outcome";
import { items } from "../../policies/items/catalogue";
import { printJson } from "../output";
import type { ReportOptions } from "./report";
import { decide } from "../decide";

/** `greenlight why-stale`: what evidence is old, why, and when the rest will be. */
export async function whyStale(options: ReportOptions): Promise<number> {
  const { verdict } = await decide(options);
  const now = Date.parse(verdict.at!);
  const rows = new Map<
    string,
    { kind: string; file: string; state: string; reason: string; until?: string; items: string[] }
  >();
  for (const item of verdict.items)
    for (const need of item.needs ?? []) {
      if (need.file === undefined || need.need === "attestation") continue;
      const ended = verdict.evidence?.find(one => one.file === need.file && one.ended !== undefined)?.ended;
      const days = items.find(one => one.id === item.id)?.evidence.find(one => one.kind === need.need)?.freshDays;
      const until = ended && days ? { until: new Date(Date.parse(ended) + days * 86_400_000).toISOString() } : {};
      const key = `${need.need} ${need.state} ${days}`;
      const before = rows.get(key);
      if (before) before.items.push(item.id);
      else
        rows.set(key, {
          kind: need.need,
          file: need.file,
          state: need.state,
          reason: need.reason,
          ...until,
          items: [item.id],
        });
    }
  const all = [...rows.values()];
  const stale = all.filter(row => row.state === "stale");
  const code = stale.length > 0 ? exitCodes.INCONCLUSIVE : exitCodes.GO;
  if (options.json) {
    printJson({ schema: "greenlight.freshness/1", stack: verdict.stack, at: verdict.at, evidence: all });
    return code;
  }
  console.log(
    stale.length > 0 ? `${stale.length} of ${all.length} are stale` : `nothing is stale  ${all.length} looked at`,
  );
  for (const { kind, file, state, reason, until, items: of } of all) {
    const left =
      until === undefined ? "" : `, until ${until} (${Math.floor((Date.parse(until) - now) / 86_400_000)} days)`;
    console.log(`${state.padEnd(12)} ${kind}  ${file}  ${state === "stale" ? reason : `for ${of.join(" ")}${left}`}`);
  }
  console.log("next: gather what is stale again; `covers` in stacks/<env>/evidence.yaml says what a kind depends on");
  return code;
}
