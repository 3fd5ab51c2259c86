import type { ProviderName } from "../local/environment";
import { capture } from "../local/process";
import type { Verdict } from "../model/verdict";
import type { Passport } from "../policies/passport";
import { readStackFile } from "../stacks/files";
import { gather } from "./gathered";
import type { Project } from "./project";

/** What it takes to work on a stack's own backend and cluster: official providers, and its evidence. */
export function realTarget(project: Project, stack: string, evidence?: string) {
  const { config } = readStackFile(project.stackDir, stack);
  const providers: ProviderName[] = config[`${project.name}:layer`] === "base" ? ["aws"] : ["kubernetes"];
  return { real: providers, gathered: gather(project, stack, { evidence }) };
}

/** When a stack was deployed first, by the history its backend keeps, in milliseconds since 1970; null where it never was. */
export async function firstDeployed(project: Project, stack: string, env: NodeJS.ProcessEnv): Promise<number | null> {
  const args = ["stack", "history", "--stack", stack, "--json", "--page-size", "100000", "--non-interactive"];
  const updates = JSON.parse(await capture("pulumi", args, { cwd: project.dir, env })) as {
    kind: string;
    result: string;
    startTime: string;
  }[];
  const times = updates
    .filter(one => one.kind === "update" && one.result === "succeeded")
    .map(one => Date.parse(one.startTime));
  return times.length > 0 ? Math.min(...times) : null;
}

/** Why a verdict that was signed for does not allow this one to be deployed; nothing where it does. */
export function notAllowed(verdict: Verdict, { predicate }: Pick<Passport, "predicate">): string[] {
  if (verdict.verdict === "GO") return [];
  if (verdict.verdict !== "CONDITIONAL") return [`it is ${verdict.verdict} now`];
  const waived = verdict.items.filter(item => item.state === "waived").map(item => item.id);
  const unsigned = waived.filter(id => predicate.items[id] !== "waived");
  return unsigned.map(
    id => `${id} is waived now, and was ${predicate.items[id] ?? "not there"} when it was signed for`,
  );
}
