import { randomBytes } from "node:crypto";
import { clusterSabotages } from "../../drills/cluster/restore";
import type { ClusterRestore } from "../../drills/cluster/restores";
import { clusterRestores } from "../../drills/cluster/restores";
import { runInCluster } from "../../drills/cluster/run";
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

/**
 * `greenlight drill … --target cluster`: restores by the components' own jobs in the stack's cluster, each into a place of its own. The
 * stores themselves are not touched; its evidence is measured, not rehearsed.
 */
export async function drillInCluster(id: string, options: DrillOptions): Promise<number> {
  const { sabotage, json } = options;
  const asked = id === "all" ? clusterRestores : clusterRestores.filter(one => one.id === id);
  const usage = (what: string, found: string, need: string) => fail(what, found, need, undefined, exitCodes.usage);
  if (asked.length === 0)
    throw usage(
      `drill "${id}" in a cluster`,
      "not there",
      `one of ${clusterRestores.map(one => one.id).join(", ")}, or all`,
    );
  if (sabotage !== undefined && !(sabotage in clusterSabotages))
    throw usage(
      `--sabotage "${sabotage}"`,
      "nothing that a drill in a cluster knows",
      `one of ${Object.keys(clusterSabotages).join(", ")}`,
    );
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
  one: ClusterRestore,
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
