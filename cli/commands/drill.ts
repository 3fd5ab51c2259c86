import { randomBytes } from "node:crypto";
import * as path from "node:path";
import { drills, notDrilled } from "../../drills/catalogue";
import type { Drill, Programs, Settings } from "../../drills/drill";
import type { DrillReport } from "../../drills/run";
import { runDrill } from "../../drills/run";
import type { Servers } from "../../drills/servers";
import {
  ensureAwsCli,
  ensureBarman,
  findPostgres,
  findPrometheus,
  findRedis,
  loadPart,
  objectStorePart,
  rolloutsPart,
} from "../../local/toolchain/drill-parts";
import { ensurePart, partNamed } from "../../local/toolchain/ensure";
import { compiled, root } from "../../local/state";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { items } from "../../policies/items/catalogue";
import type { Due } from "../../readiness/drill-calendar";
import { drillCalendar, dueDrills } from "../../readiness/drill-calendar";
import { codeOf, earlier, linesOf, reportsDir, writeReport } from "../drill-reports";
import { settingsOf } from "../drill-settings";
import { gatheredDir } from "../gathered";
import { printJson } from "../output";
import { runSteps } from "../progress";
import { runningDrills } from "../running-drills";
import { readProject } from "../project";
import { stackOf } from "./check";
import { clusterRows, drillInCluster } from "./drill-cluster";

export interface DrillOptions {
  stack?: string;
  /** Where its evidence goes; otherwise evidence/<stack>/gathered. */
  evidence?: string;
  /** Something that is done wrong on purpose; then no evidence is left. */
  sabotage?: string;
  /** Leaves the drill's folder. */
  keep?: boolean;
  /** Where it takes place: this machine's processes, or the cluster that kubectl talks to. */
  target?: string;
  kubeconfig?: string;
  context?: string;
  /** Something that serves may be broken, in a cluster. */
  yes?: boolean;
  json?: boolean;
}

/** `greenlight drill`: breaks something real on this machine, repairs it by the runbook's own commands, and measures. */
export async function drill(words: string[], options: DrillOptions): Promise<number> {
  const id = words.join(" ");
  if (id === "" || id === "list") return list(dueNow(options), options.json);
  if (id === "calendar") return calendar(options);
  if (isCluster(options.target)) return drillInCluster(id, options);
  const asked = id === "all" ? drills : drills.filter(one => one.id === id);
  if (asked.length === 0)
    throw fail(
      `drill "${id}"`,
      "unknown",
      `one of ${drills.map(one => one.id).join(", ")}, or all`,
      undefined,
      exitCodes.usage,
    );
  const { settings, stack } = settingsOf(options.stack);
  const out = { evidence: options.evidence ?? gatheredDir(stack), reports: reportsDir() };
  const reports: DrillReport[] = [];
  for (const one of asked) {
    refuseSabotage(one, options.sabotage);
    reports.push(await runOne(one, settings, out, options));
  }
  if (options.json) printJson(reports.length === 1 ? reports[0] : reports);
  else {
    for (const report of reports) console.log(linesOf(report, out).join("\n"));
    if (id === "all") for (const line of notDrilledLines()) console.log(line);
    console.log(`next: \`greenlight report --stack ${stack}\` shows it as rehearsed`);
  }
  return codeOf(reports);
}

function isCluster(target = "processes"): boolean {
  if (target === "processes" || target === "cluster") return target === "cluster";
  throw fail("--target", `"${target}"`, "processes or cluster", undefined, exitCodes.usage);
}

async function runOne(
  one: Drill,
  settings: Settings,
  out: { evidence: string; reports: string },
  { sabotage, keep, json }: DrillOptions,
): Promise<DrillReport> {
  let report!: DrillReport;
  const programs = {} as Programs;
  await runSteps(
    [
      ...one.needs.map(name => ({
        title: titles[name],
        run: async (say: (text: string) => void) => (programs[name] = await find[name](say)),
      })),
      {
        title: one.title,
        run: async say => {
          const nonce = randomBytes(16).toString("hex");
          let servers: Servers | undefined;
          report = await runDrill(one, {
            ...{ programs, settings, nonce, say, sabotage },
            used: earlier(out.reports).map(report => report.nonce),
            keep: keep === true,
            onServers: made => runningDrills.add((servers = made)),
          });
          if (servers) runningDrills.delete(servers);
          return report.result;
        },
      },
    ],
    json,
  );
  writeReport(one, report, out);
  return report;
}

const titles: Record<keyof Programs, string> = {
  postgres: "PostgreSQL's server",
  barman: "barman's cloud programs",
  objectStore: "the object store",
  redis: "a Redis-compatible server",
  aws: "the client of S3",
  etcd: "the control plane's store",
  kubernetes: "the control plane",
  kwok: "nodes without machines",
  rollouts: "the controller of releases",
  prometheus: "Prometheus",
  service: "the reference service",
  k6: "the load generator",
};

const find: Record<keyof Programs, (say: (text: string) => void) => Promise<string>> = {
  postgres: async () => findPostgres(),
  barman: ensureBarman,
  objectStore: async say => (await ensurePart(objectStorePart, say)).dir,
  redis: async () => findRedis(),
  aws: ensureAwsCli,
  etcd: async say => (await ensurePart(partNamed("etcd"), say)).dir,
  kubernetes: async say => (await ensurePart(partNamed("kubernetes"), say)).dir,
  kwok: async say => (await ensurePart(partNamed("kwok"), say)).dir,
  rollouts: async say => (await ensurePart(rolloutsPart, say)).dir,
  prometheus: async () => findPrometheus(),
  k6: async say => (await ensurePart(loadPart, say)).dir,
  service: async () => path.dirname(compiled("examples/service/src/main.js")),
};

function refuseSabotage(one: Drill, name: string | undefined): void {
  if (name === undefined || name in one.sabotages) return;
  throw fail(
    `--sabotage "${name}"`,
    `nothing that ${one.id} knows`,
    `one of ${Object.keys(one.sabotages).join(", ")}`,
    undefined,
    exitCodes.usage,
  );
}

/**
 * When each drill is due in a stack, by what was passed in it. Above `local` what is rehearsed counts for nothing that a cluster could
 * show: there the drill in the stack's own cluster is due.
 */
function dueNow({ stack: name }: DrillOptions): Due[] {
  const { stack, config } = stackOf(readProject(root), name);
  const isAbove = ![undefined, "local"].includes(config["greenlight:tier"] as string | undefined);
  const inCluster = isAbove ? clusterRows.map(one => ({ ...one, target: "cluster" as const })) : [];
  const dated = [...inCluster, ...drills.filter(one => !inCluster.some(twin => twin.id === one.id))];
  const targetOf = (id: string) => (inCluster.some(one => one.id === id) ? "cluster" : "processes");
  const passed = new Map<string, number>();
  for (const { drill: id, stack: where, result, sabotage, ended, target } of earlier(reportsDir()))
    if (where === stack && result === "passed" && sabotage === undefined && target === targetOf(id))
      passed.set(id, Math.max(passed.get(id) ?? 0, Date.parse(ended)));
  return dueDrills(dated, items, { passed, nowMs: Date.now() });
}

/** `greenlight drill calendar`: the year's drills as a calendar file, for whoever is to be reminded. */
function calendar(options: DrillOptions): number {
  const { stack } = stackOf(readProject(root), options.stack);
  const due = dueNow(options);
  if (options.json) printJson({ schema: "greenlight.due/1", stack, due });
  else process.stdout.write(drillCalendar(stack, due, Date.now()));
  return exitCodes.GO;
}

const whenText = ({ last, due, isOverdue }: Due): string =>
  last === undefined
    ? "never passed here: due now"
    : `passed ${last.slice(0, 10)}, due ${due.slice(0, 10)}${isOverdue ? " (overdue)" : ""}`;

const notDrilledLines = (): string[] =>
  Object.entries(notDrilled).map(([what, why]) => `not drilled here: ${what} (${why})`);

function list(due: readonly Due[], json = false): number {
  const rows = drills.map(({ id, title, needs, requirements, sabotages }) => ({
    ...{ id, title, needs, requirements, due: due.find(one => one.id === id && !one.target) },
    sabotages: Object.entries(sabotages).map(([name, { what, comesTo }]) => ({ name, what, comesTo })),
  }));
  const cluster = clusterRows.map(row => ({ ...row, due: due.find(one => one.id === row.id && one.target) }));
  if (json) printJson({ schema: "greenlight.drills/1", drills: rows, cluster, notDrilled });
  else {
    for (const { id, title, sabotages, due: when } of rows) {
      console.log(`${id}\n    ${title}`);
      if (when) console.log(`    every ${when.everyDays} days; ${whenText(when)}`);
      for (const { name, what, comesTo } of sabotages) console.log(`    --sabotage "${name}": ${what}: ${comesTo}`);
    }
    console.log("in the stack's own cluster, `--target cluster`:");
    for (const { id, breaks, due: when } of cluster) {
      console.log(`    ${id}${breaks ? `, with --yes: ${breaks}` : ""}`);
      if (when) console.log(`        every ${when.everyDays} days; ${whenText(when)}`);
    }
    for (const line of notDrilledLines()) console.log(line);
    console.log("next: `greenlight drill restore postgres`");
  }
  return exitCodes.GO;
}
