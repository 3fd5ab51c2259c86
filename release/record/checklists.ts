import type { Point, ReleaseRecord, Stage } from "../../model/release-record";
import type { Made } from "./made";
import { isDone, of, shown, statable } from "./made";

/** The lists before, during and after (S-101 to S-105), filled from facts; the rest is for people to state. */
export function checklistsOf(
  { plan, lines, statements, api, builds, scan }: Made,
  stages: readonly Stage[],
): ReleaseRecord["checklists"] {
  const fact = (id: string, title: string, holds: boolean | undefined, from: string): Point => ({
    ...{ id, title, from: holds === undefined ? "nothing shows it yet" : from },
    state: holds === undefined ? "open" : holds ? "met" : "not met",
  });
  const said = (id: keyof typeof statable): Point => {
    const one = statements.find(each => each.id === id);
    return {
      id,
      title: statable[id],
      state: one ? "met" : "open",
      from: one ? `${one.by}, ${one.at}: ${one.text}` : "nobody stated it",
    };
  };
  const check = (id: string) => plan.checks.find(one => one.id === id)!;
  const list = (...points: Point[]) => ({
    met: points.filter(one => one.state === "met").length,
    of: points.length,
    points,
  });
  const watched = stages.filter(one => one.looks > 0);
  const last = watched.at(-1);
  const released = of(lines, "released").length > 0;
  const isOver = released || of(lines, "rolled back").length > 0;
  return {
    before: list(
      fact("merged", "merged to the main branch", check("merged").state === "met", check("merged").found),
      fact("scanned", "a full scan", scan && (scan.verdict === "GO" || scan.verdict === "CONDITIONAL"), "gates.scan"),
      fact(
        "built-and-tested",
        "builds and tests",
        builds && builds.summary.status === "PASS" && (api ? api.test_summary.status === "PASS" : true),
        "gates.builds, gates.api",
      ),
      fact(
        "monitoring",
        "monitoring and alerts answer",
        watched.length > 0 ? watched.every(one => one.requests !== null) : undefined,
        "rollout.stages",
      ),
      said("teams-notified"),
      said("on-call-in-place"),
    ),
    during: list(
      fact(
        "stages-followed",
        "the stages were followed",
        watched.length > 0 ? stages.every(one => one.state === "passed") : undefined,
        "rollout.stages",
      ),
      fact(
        "metrics-watched",
        "metrics were watched",
        watched.length > 0 ? watched.every(one => one.looks > 1) : undefined,
        `${watched.reduce((sum, one) => sum + one.looks, 0)} looks`,
      ),
      fact(
        "health-passed",
        "health passed",
        watched.length > 0 ? watched.every(one => one.healthy === true) : undefined,
        "rollout.stages",
      ),
      said("user-feedback"),
      fact("recorded", "the course was recorded", lines.length > 0, "log"),
    ),
    after: list(
      fact("functions", "functions work", isOver ? isDone(lines, "verify") : undefined, "step verify"),
      fact(
        "performance-stable",
        "performance is stable",
        isOver && last?.p95Ms != null ? last.p95Ms <= plan.limits.p95Ms : undefined,
        "rollout.stages",
      ),
      fact(
        "no-error-surge",
        "errors do not surge",
        isOver && last?.errorRate != null ? last.errorRate <= plan.limits.errorRate : undefined,
        "rollout.stages",
      ),
      said("alerts-checked"),
      said("feedback-collected"),
      said("docs-updated"),
    ),
  };
}

/** Technical, operational and business readiness (S-098 to S-100). */
export function readinessOf(
  { plan, scan, builds, api, settings }: Made,
  stages: readonly Stage[],
): ReleaseRecord["readiness"] {
  const check = (id: string) => plan.checks.find(one => one.id === id)!;
  const passed = (good: boolean | undefined) =>
    (good === undefined ? "unverifiable" : good ? "met" : "not met") as "met" | "not met" | "unverifiable";
  const last = stages.filter(one => one.p95Ms !== null).at(-1);
  const row = (title: string, state: ReturnType<typeof passed>, found: string) => ({ title, state, found });
  return {
    technical: [
      row("code quality", passed(scan && scan.verdict === "GO"), scan ? `scan ${scan.verdict}` : "not scanned"),
      row(
        "function",
        passed(api && api.test_summary.status === "PASS"),
        api ? `${api.test_summary.passed} of ${api.test_summary.total} tests` : "not tested",
      ),
      row(
        "build stability",
        passed(builds && builds.summary.status === "PASS"),
        builds ? `${builds.summary.ok} of ${builds.summary.total} builds` : "not built",
      ),
      row(
        "rollback ability",
        passed(check("previous").state === "met" ? true : check("previous").state === "not met" ? false : undefined),
        check("previous").found,
      ),
    ],
    operational: [
      row(
        "monitoring",
        passed(last ? true : undefined),
        last ? `${last.requests} requests were counted` : "nothing was counted",
      ),
      row("alerting", "met", `above ${shown(plan.limits.errorRate)} errors or ${plan.limits.p95Ms} ms`),
      row("on call", "met", settings.release.people.onCall),
      row("rollback plan", passed(check("playbook").state === "met" ? true : undefined), check("playbook").found),
    ],
    business: [
      row(
        "function",
        passed(api && api.test_summary.status === "PASS"),
        api ? "the API answers as its tests want" : "not tested",
      ),
      row(
        "performance meets the objective",
        passed(last?.p95Ms == null ? undefined : last.p95Ms <= plan.limits.p95Ms),
        last?.p95Ms == null ? "not measured" : `P95 ${Math.round(last.p95Ms)} ms`,
      ),
      row(
        "security compliance",
        passed(scan && scan.verdict === "GO"),
        scan ? `${scan.findings.length} findings` : "not scanned",
      ),
      row("impact on users", passed(check("stages").state === "met"), check("stages").found),
    ],
  };
}
