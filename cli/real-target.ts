import type { ProviderName } from "../local/environment";
import { shortName, toResources } from "../policies/engine/resource";
import type { Passport } from "../policies/passport";
import { plannedPrefix } from "../policies/passport";
import type { Permission } from "../policies/permission";
import type { Planned } from "../readiness/report/planned";
import { plannedSteps } from "../readiness/report/planned";
import { readStackFile } from "../stacks/files";
import type { Judged } from "./commands/preview";
import { gather } from "./gathered";
import type { PlannedManifest } from "./planned-manifest";
import { otherThanSigned } from "./planned-manifest";
import type { Project } from "./project";

/** What it takes to work on a stack's own backend and cluster: official providers, and its evidence. */
export function realTarget(project: Project, stack: string, evidence?: string) {
  const { config } = readStackFile(project.stackDir, stack);
  const providers: ProviderName[] = config[`${project.name}:layer`] === "base" ? ["aws"] : ["kubernetes"];
  return { real: providers, gathered: gather(project, stack, { evidence }) };
}

/** Why a permission does not allow what was judged to be deployed; nothing where it does. */
export function notAllowed(
  { verdict, run, history }: Pick<Judged, "verdict" | "run" | "history">,
  permission: Permission,
): string[] {
  const { passport, override, rollbackTo, document } = permission;
  if (verdict.verdict === "TAMPERED") return ["it is TAMPERED now"];
  const stopped = run.code === 0 ? [] : ["the gate stopped its preview: something is found that is not let through"];
  if (override) {
    const named = new Set(override.predicate.resources);
    const others = changedNames(run.steps).filter(one => !named.has(one));
    const rest = others.length > 5 ? ` and ${others.length - 5} more` : "";
    return [
      ...stopped,
      ...(others.length > 0
        ? [`it would change what the override does not name: ${others.slice(0, 5).join(", ")}${rest}`]
        : []),
    ];
  }
  if (rollbackTo !== undefined)
    return [
      ...stopped,
      ...(history?.passports.includes(document!) ? [] : ["the backend knows no deployment under its passport"]),
    ];
  const other = passport ? otherThanSigned(signedPlan(passport), run.steps) : [];
  if (other.length > 0) return other.length > 5 ? [...other.slice(0, 5), `and ${other.length - 5} more`] : other;
  if (verdict.verdict === "GO") return [];
  if (verdict.verdict !== "CONDITIONAL") return [`it is ${verdict.verdict} now`];
  const signed = passport!.predicate.items;
  const waived = verdict.items.filter(item => item.state === "waived").map(item => item.id);
  const unsigned = waived.filter(id => signed[id] !== "waived");
  return [
    ...stopped,
    ...unsigned.map(id => `${id} is waived now, and was ${signed[id] ?? "not there"} when it was signed for`),
  ];
}

/** What a passport says was planned. */
const signedPlan = ({ subject, predicate: { planned } }: Passport): PlannedManifest => ({
  digests: Object.fromEntries(
    subject
      .filter(one => one.name.startsWith(plannedPrefix))
      .map(one => [one.name.slice(plannedPrefix.length), one.digest.sha256]),
  ),
  unknown: planned?.unknown ?? {},
  destroyed: planned?.destroyed ?? [],
});

/** What a preview would change, as findings name it; the engine's own and our groupings are none of it. */
export function changedNames(steps: readonly Planned[]): string[] {
  const names = plannedSteps(steps)
    .filter(one => one.op !== "read" && !one.type.startsWith("greenlight:"))
    .map(({ urn, type, inputs }) => shortName(toResources(urn, type, inputs)[0]!));
  return [...new Set(names)];
}
