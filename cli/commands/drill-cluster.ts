import { randomBytes } from "node:crypto";
import type { ClusterDrill } from "../../drills/cluster/drill";
import { clusterDrills, runInCluster } from "../../drills/cluster/run";
import type { DrillReport } from "../../drills/run";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { codeOf, earlier, linesOf, reportsDir, writeReport } from "../drill-reports";
import { settingsOf } from "../drill-settings";
import { gatheredDir } from "../gathered";
import type { Target } from "../kubectl";
import { clusterName, kubectl, targetOf } from "../kubectl";
import { printJson } from "../output";
import { runSteps } from "../progress";
import { runningDrills } from "../running-drills";
import type { DrillOptions } from "./drill";

/** What has a cluster for its target, as `drill list` tells of it. */
export const clusterRows = clusterDrills.map(({ id, title, kind, requirements, breaks }) => ({
  ...{ id, title, kind, requirements },
  ...(breaks ? { breaks } : {}),
}));

/**
 * `greenlight drill … --target cluster`: restores by the components' own jobs in the stack's cluster, each into a place of its own, and by
 * name alone failovers, which break what serves. Its evidence is measured, not rehearsed.
 */
export async function drillInCluster(id: string, options: DrillOptions): Promise<number> {
  const { sabotage, json } = options;
  const asked = id === "all" ? clusterDrills.filter(one => !one.breaks) : clusterDrills.filter(one => one.id === id);
  const usage = (what: string, found: string, need: string, fix?: string) =>
    fail(what, found, need, fix, exitCodes.usage);
  if (asked.length === 0)
    throw usage(
      `drill "${id}" in a cluster`,
      "not there",
      `one of ${clusterDrills.map(one => one.id).join(", ")}, or all (of the restores)`,
    );
  for (const one of asked) {
    if (sabotage !== undefined && !(sabotage in one.sabotages))
      throw usage(
        `--sabotage "${sabotage}"`,
        `nothing that ${one.id} in a cluster knows`,
        `one of ${Object.keys(one.sabotages).join(", ")}`,
      );
    if (one.breaks && !options.yes)
      throw usage(`drill ${one.id} in a cluster`, one.breaks, "a yes to that", "Say --yes where that is meant.");
  }
  const target = targetOf(options);
  const { settings, stack } = settingsOf(options.stack);
  const held = asked.filter(one => settings[one.store] !== undefined);
  if (held.length === 0) throw usage(`stack ${stack}`, `without what ${id} restores`, "a stack that has it");
  const name = await clusterName(target);
  if (!json) console.error(`drill: in the cluster ${name || "that kubectl talks to"}`);
  const out = { evidence: options.evidence ?? gatheredDir(stack), reports: reportsDir() };
  const reports: DrillReport[] = [];
  for (const one of held) reports.push(await runOne(one, settings, target, out, options));
  if (json) printJson(reports.length === 1 ? reports[0] : reports);
  else {
    for (const report of reports) console.log(linesOf(report, out).join("\n"));
    console.log(
      `next: \`greenlight vouch\` signs its evidence for tier production; \`greenlight report --stack ${stack}\` judges it`,
    );
  }
  return codeOf(reports);
}

async function runOne(
  one: ClusterDrill,
  settings: ReturnType<typeof settingsOf>["settings"],
  target: Target,
  out: { evidence: string; reports: string },
  { sabotage, json }: DrillOptions,
): Promise<DrillReport> {
  let report!: DrillReport;
  const run = async (say: (text: string) => void): Promise<string> => {
    const stop = new AbortController();
    const running = { stopAll: async () => stop.abort() };
    runningDrills.add(running);
    try {
      report = await runInCluster(one, {
        kubectl: (args, input) => kubectl(target, args, input),
        ...{ settings, say, sabotage, nonce: randomBytes(16).toString("hex"), signal: stop.signal },
        used: earlier(out.reports).map(each => each.nonce),
      });
    } finally {
      runningDrills.delete(running);
    }
    return report.result;
  };
  await runSteps([{ title: one.title, run }], json);
  writeReport(one, report, out);
  return report;
}
