import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { objectStoreSpec } from "../../components/data/object-store-spec";
import { postgresSpec } from "../../components/data/postgres-spec";
import { redisSpec } from "../../components/data/redis-spec";
import { serviceSpec, strategyOf } from "../../components/delivery/service";
import { dependencySpec } from "../../components/gateway/dependency";
import { planOf } from "../../components/backup/plan-of";
import { drills, notDrilled } from "../../drills/catalogue";
import type { Drill, Programs, Settings } from "../../drills/drill";
import type { DrillReport } from "../../drills/run";
import { evidenceOf, runDrill } from "../../drills/run";
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
import { limits } from "../../model/limits";
import { exitCodes } from "../../model/outcome";
import { items } from "../../policies/items/catalogue";
import type { Due } from "../../readiness/drill-calendar";
import { drillCalendar, dueDrills } from "../../readiness/drill-calendar";
import { drillMarkdown, drillPlaybook } from "../../readiness/report/drill";
import { courseChart } from "../../readiness/report/html/charts";
import { complete } from "../../stacks/complete";
import { readExpectedLoad } from "../../stacks/expected-load";
import { ownConfig } from "../../stacks/files";
import { declaredWorker } from "../declared-worker";
import { gatheredDir } from "../gathered";
import { printJson } from "../output";
import { runSteps } from "../progress";
import { runningDrills } from "../running-drills";
import { readProject } from "../project";
import { stackOf } from "./check";
import { reportDir } from "./preview";

export interface DrillOptions {
  stack?: string;
  /** Where its evidence goes; otherwise evidence/<stack>/gathered. */
  evidence?: string;
  /** Something that is done wrong on purpose; then no evidence is left. */
  sabotage?: string;
  /** Leaves the drill's folder. */
  keep?: boolean;
  json?: boolean;
}

/** `greenlight drill`: breaks something real on this machine, repairs it by the runbook's own commands, and measures. */
export async function drill(words: string[], options: DrillOptions): Promise<number> {
  const id = words.join(" ");
  if (id === "" || id === "list") return list(dueNow(options), options.json);
  if (id === "calendar") return calendar(options);
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
  write(one, report, out);
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

const reportsDir = (): string => path.join(reportDir(), "drills");

/** What the stack declares, rendered by its components. */
function settingsOf(name: string | undefined): { settings: Settings; stack: string } {
  const project = readProject(root);
  const { stack, config } = stackOf(project, name);
  const loaded = complete(ownConfig(config, project.name), stack, project.stackDir, project.name);
  const wants = (found: string) =>
    fail(`stack ${stack}`, found, "a stack with stores and a backup plan", undefined, exitCodes.usage);
  if (loaded.layer) throw wants("a base, which holds no store");
  const plan = planOf(loaded);
  if (!plan) throw wants("without greenlight:backup");
  const { system, postgres, redis, objectStore, tier, services, dependencies } = loaded;
  const { rtoMs, rpoMs, rollbackMs } = limits[tier];
  const load = readExpectedLoad(project.stackDir, stack);
  const worker = declaredWorker(ownConfig(config, project.name));
  const released = services.find(one => strategyOf(one) === "canary");
  return {
    stack,
    settings: {
      ...{ stack, plan, rtoMs, rpoMs, rollbackMs },
      ...(load ? { load } : {}),
      ...(worker ? { worker } : {}),
      ...(postgres ? { postgres: made({ ...postgres, system }, args => postgresSpec(args, plan)) } : {}),
      ...(redis ? { redis: made({ ...redis, system }, args => redisSpec(args, plan)) } : {}),
      ...(objectStore ? { objectStore: made({ ...objectStore, system }, args => objectStoreSpec(args, plan)) } : {}),
      ...(dependencies?.[0] ? { dependency: made({ ...dependencies[0], system }, dependencySpec) } : {}),
      ...(released ? { service: made({ ...released, system }, serviceSpec) } : {}),
    },
  };
}

const made = <Args, Spec>(args: Args, spec: (args: Args) => Spec) => ({ args, spec: spec(args) });

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

const fileOf = ({ id }: Drill): string => `drill-${id.replaceAll(" ", "-")}`;

/** Reports of earlier drills; files that are none are passed over. */
function earlier(reports: string): DrillReport[] {
  if (!fs.existsSync(reports)) return [];
  return fs
    .readdirSync(reports)
    .filter(name => name.endsWith(".json"))
    .flatMap(name => {
      try {
        const report = JSON.parse(fs.readFileSync(path.join(reports, name), "utf8")) as DrillReport;
        return report.schema === "greenlight.drill/1" ? [report] : [];
      } catch {
        return [];
      }
    });
}

/** When each drill is due in a stack, by what was passed in it. */
function dueNow({ stack: name }: DrillOptions): Due[] {
  const { stack } = stackOf(readProject(root), name);
  const passed = new Map<string, number>();
  for (const { drill: id, stack: where, result, sabotage, ended } of earlier(reportsDir()))
    if (where === stack && result === "passed" && sabotage === undefined)
      passed.set(id, Math.max(passed.get(id) ?? 0, Date.parse(ended)));
  return dueDrills(drills, items, { passed, nowMs: Date.now() });
}

/** `greenlight drill calendar`: the year's drills as a calendar file, for whoever is to be reminded. */
function calendar(options: DrillOptions): number {
  const { stack } = stackOf(readProject(root), options.stack);
  const due = dueNow(options);
  if (options.json) printJson({ schema: "greenlight.due/1", stack, due });
  else process.stdout.write(drillCalendar(stack, due, Date.now()));
  return exitCodes.GO;
}

/** The report always; evidence only of what was not spoiled on purpose. */
function write(one: Drill, report: DrillReport, out: { evidence: string; reports: string }): void {
  fs.mkdirSync(out.reports, { recursive: true });
  const stamp = report.started.replace(/[-:]|\.\d+/g, "");
  const base = path.join(out.reports, `${fileOf(one)}-${stamp}`);
  fs.writeFileSync(`${base}.json`, `${JSON.stringify(report, null, 1)}\n`);
  fs.writeFileSync(`${base}.svg`, courseChart(report.steps, report.moments));
  fs.writeFileSync(`${base}.md`, drillMarkdown(report, path.basename(`${base}.svg`)));
  fs.writeFileSync(`${base}.playbook.json`, `${JSON.stringify(drillPlaybook(report), null, 1)}\n`);
  if (report.sabotage !== undefined) return;
  fs.mkdirSync(out.evidence, { recursive: true });
  const evidence = `${JSON.stringify(evidenceOf(one, report), null, 1)}\n`;
  fs.writeFileSync(path.join(out.evidence, `${fileOf(one)}.json`), evidence);
}

function linesOf(report: DrillReport, out: { evidence: string; reports: string }): string[] {
  const shown = (dir: string) => path.relative(process.cwd(), dir) || ".";
  const seconds = (ms: number) => `${Math.round(ms / 1_000)} s`;
  return [
    `${report.result.toUpperCase()}  ${report.drill}  stack ${report.stack}  rehearsed on this machine's processes  ${seconds(report.tookMs)}`,
    ...report.reasons.map(reason => `- ${reason}`),
    report.measured.map(one => `${one.name} ${one.value}${one.unit ? ` ${one.unit}` : ""}`).join("   "),
    `report: ${shown(out.reports)}${report.sabotage === undefined ? `   evidence: ${shown(out.evidence)}` : "   sabotaged: no evidence is left"}`,
  ].filter(Boolean);
}

const whenText = ({ last, due, isOverdue }: Due): string =>
  last === undefined
    ? "never passed here: due now"
    : `passed ${last.slice(0, 10)}, due ${due.slice(0, 10)}${isOverdue ? " (overdue)" : ""}`;

const codeOf = (reports: readonly DrillReport[]): number =>
  reports.some(one => one.result === "failed")
    ? exitCodes["NO-GO"]
    : reports.some(one => one.result === "invalid")
      ? exitCodes.INCONCLUSIVE
      : exitCodes.GO;

const notDrilledLines = (): string[] =>
  Object.entries(notDrilled).map(([what, why]) => `not drilled here: ${what} (${why})`);

function list(due: readonly Due[], json = false): number {
  const rows = drills.map(({ id, title, needs, requirements, sabotages }) => ({
    ...{ id, title, needs, requirements, due: due.find(one => one.id === id) },
    sabotages: Object.entries(sabotages).map(([name, { what, comesTo }]) => ({ name, what, comesTo })),
  }));
  if (json) printJson({ schema: "greenlight.drills/1", drills: rows, notDrilled });
  else {
    for (const { id, title, sabotages, due: when } of rows) {
      console.log(`${id}\n    ${title}`);
      if (when) console.log(`    every ${when.everyDays} days; ${whenText(when)}`);
      for (const { name, what, comesTo } of sabotages) console.log(`    --sabotage "${name}": ${what}: ${comesTo}`);
    }
    for (const line of notDrilledLines()) console.log(line);
    console.log("next: `greenlight drill restore postgres`");
  }
  return exitCodes.GO;
}
