import * as path from "node:path";
import type { ReleaseRecord, Stage } from "../../model/release-record";
import type { Plan } from "../plan";
import { checklistsOf, readinessOf } from "./checklists";
import { logOf, pipelineOf, stagesOf } from "./course";
import { deliverablesOf, scanPart } from "./gates";
import type { Made } from "./made";
import { isDone, of, secondsBetween, shown } from "./made";
import { rollbackOf } from "./rollback";

/** What a release was and how it went. Same input, same record. */
export function recordOf(made: Made): ReleaseRecord {
  const { plan, lines, settings, scan, builds, api, dir } = made;
  const { release } = settings;
  const outcome = of(lines, "released", "rolled back")[0]?.event;
  const refused = of(lines, "failed").find(one => one.step.startsWith("gate: ") && !isDone(lines, one.step));
  const trigger = of(lines, "trigger")[0];
  const stages = stagesOf(plan, lines);
  const checklists = checklistsOf(made, stages);
  const back = rollbackOf(made, stages);
  const { identity } = plan;
  return {
    schema: "greenlight.release-record/1",
    service: plan.service,
    verdict: outcome === "released" ? plan.verdict : outcome === undefined && !refused ? "INCONCLUSIVE" : "NO-GO",
    outcome: outcome ?? (refused ? "refused" : "under way"),
    started: lines[0]?.at ?? "",
    ended: lines.at(-1)?.at ?? "",
    attempt: of(lines, "started")[0]?.attempt ?? 1,
    identity: {
      version: plan.version,
      previous: plan.previous ?? null,
      commit: { sha: identity.commit.sha, subject: identity.commit.subject, date: identity.commit.date },
      tag: {
        ...{ name: plan.version, annotated: identity.tag.annotated, message: identity.tag.message },
        pushed: identity.pushed ?? null,
      },
      phases: plan.phases,
    },
    deliverables: deliverablesOf(made),
    gates: {
      order: plan.steps.filter(one => one.startsWith("gate: ")).map(one => one.slice("gate: ".length)),
      scan: scan ? scanPart(scan, settings) : null,
      builds: builds
        ? {
            builds: builds.builds.map(({ name, command, success, problem, seconds, artefacts }) => ({
              ...{ name, command, success, seconds, artefacts },
              ...(problem === undefined ? {} : { problem }),
            })),
            ...{ summary: builds.summary, census: builds.census, timestamp: builds.ended },
          }
        : null,
      api: api
        ? {
            test_summary: api.test_summary,
            test_results: api.test_results.map(({ name, status, assertions, ms }) => ({
              name,
              status,
              assertions,
              ms,
            })),
            response: { count: api.response.count, p95Ms: api.response.p95Ms, proven: api.response.proven },
            ...{ endpoints: api.endpoints.wanted, health: api.health, stream: api.stream ?? null },
          }
        : null,
    },
    rollout: {
      plannedMinutes: plan.minutes,
      gatedOn: ["health", "error rate", "P95"],
      abilities: ["health of several kinds", "automatic triggers", "a share of users at a time"],
      stages,
    },
    rollback: back,
    log: logOf(lines),
    pipeline: pipelineOf(lines, outcome, trigger !== undefined),
    monitoring: {
      health: release.commands.health,
      metrics: release.commands.measure,
      alerts: `taken back automatically above ${shown(plan.limits.errorRate)} errors or ${plan.limits.p95Ms} ms`,
      onCall: release.people.onCall,
    },
    readiness: readinessOf(made, stages),
    checklists,
    metrics: {
      passRates: {
        scan: scan ? (scan.verdict === "GO" || scan.verdict === "CONDITIONAL" ? 1 : 0) : null,
        builds: builds ? builds.summary.passRate : null,
        tests: api && api.test_summary.total > 0 ? api.test_summary.passed / api.test_summary.total : null,
        rollback: trigger ? back.success.done / back.success.of : null,
      },
      seconds: {
        builds: builds?.summary.seconds ?? null,
        tests: api?.test_summary.duration ?? null,
        rollback: back.seconds,
        release: lines.length > 0 ? secondsBetween(lines[0]!.at, lines.at(-1)!.at) : null,
      },
    },
    lessons: lessonsOf(made, stages),
    conclusion: conclusionOf(plan, outcome, refused?.note, trigger?.trigger.text),
    capabilities: [
      { name: "scan", shown: scan !== undefined, by: "gates.scan" },
      { name: "builds", shown: builds !== undefined, by: "gates.builds" },
      { name: "API tests", shown: api !== undefined, by: "gates.api" },
      { name: "progressive release", shown: stages.some(one => one.looks > 0), by: "rollout.stages" },
      { name: "automatic rollback", shown: trigger !== undefined && back.success.done > 0, by: "rollback.steps" },
      { name: "standard operation", shown: release.playbook !== undefined, by: "rollback.playbook" },
      {
        name: "artefact tracing",
        shown: (builds?.builds ?? []).some(one => one.artefacts.length > 0),
        by: path.join(dir, "gate-builds.json"),
      },
    ],
  };
}

function lessonsOf({ lines, statements, plan }: Made, stages: readonly Stage[]): ReleaseRecord["lessons"] {
  const trigger = of(lines, "trigger")[0];
  const hit = stages.find(one => one.state === "rolled back");
  const said = (id: string) => statements.filter(one => one.id === id).map(one => `${one.text} (${one.by})`);
  return {
    success: [
      ...(hit ? [`${hit.percent} % of the users met the fault, not all of them: stages limited it`] : []),
      ...(trigger && trigger.trigger.name !== "manual" ? ["it was found by its numbers, not by users' calls"] : []),
      ...(of(lines, "released").length > 0 ? [`every stage of ${plan.stages.length} was watched for its time`] : []),
      ...said("lesson-success"),
    ],
    improvements: [
      ...of(lines, "failed").map(one => `${one.step}: ${one.note}`),
      ...plan.checks
        .filter(one => one.state !== "met" && one.state !== "not applicable")
        .map(one => `${one.title} ${one.found}`),
      ...plan.limits.conflicts.map(one => `one limit with two values: ${one}`),
      ...said("lesson-improve"),
    ],
  };
}

function conclusionOf(
  plan: Plan,
  outcome: string | undefined,
  refused: string | undefined,
  trigger: string | undefined,
): string {
  if (outcome === "released") return `${plan.version} serves all users.`;
  if (outcome === "rolled back")
    return `${plan.version} was taken back: ${trigger}. ${plan.previous} serves; ship only after that is mended.`;
  if (refused) return `${plan.version} may not be shipped: ${refused}. Ship only after that is mended.`;
  return `${plan.version} is under way.`;
}
