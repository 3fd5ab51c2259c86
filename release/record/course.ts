import type { ReleaseRecord, Stage } from "../../model/release-record";
import type { Line } from "../journal";
import type { Plan } from "../plan";
import { isDone, of, rateOf } from "./made";

/** Every stage, and how far it came. */
export function stagesOf({ stages }: Plan, lines: readonly Line[]): Stage[] {
  const trigger = of(lines, "trigger")[0];
  return stages.map(({ name, percent, minutes }): Stage => {
    const step = `watch ${percent} %`;
    const looks = of(lines, "look").filter(one => one.step === step);
    const last = looks.at(-1);
    const waits = of(lines, "failed").some(one => one.step === step) && !isDone(lines, step);
    return {
      ...{ name, percent, plannedMinutes: minutes, looks: looks.length },
      state:
        trigger && (trigger.step === step || trigger.step === `shift to ${percent} %`)
          ? "rolled back"
          : isDone(lines, step)
            ? "passed"
            : waits
              ? "waiting"
              : "not reached",
      watchedSeconds: (last?.watchedMs ?? 0) / 1_000,
      healthy: last?.healthy ?? null,
      requests: last?.measure?.requests ?? null,
      errorRate: rateOf(last?.measure),
      p95Ms: last?.measure?.p95Ms ?? null,
    };
  });
}

/** The journal as a log (S-090). */
export function logOf(lines: readonly Line[]): ReleaseRecord["log"] {
  return lines.map(line => {
    const say = (level: "info" | "warning" | "error", component: string, message: string) => ({
      time: line.at,
      level,
      component,
      message,
    });
    switch (line.event) {
      case "started":
        return say(
          "info",
          "release",
          `started: ${line.version}, ${line.previous} before it${line.forced ? `, forced: ${line.forced}` : ""}`,
        );
      case "resumed":
        return say("info", "release", "resumed");
      case "begun":
        return say("info", line.step, "begun");
      case "done":
        return say("info", line.step, `done${line.note ? `: ${line.note}` : ""}`);
      case "failed":
        return say("error", line.step, line.note);
      case "look": {
        const { measure } = line;
        const numbers = measure
          ? `${measure.requests} requests, ${measure.failed} failed, P95 ${measure.p95Ms} ms`
          : "not measured";
        return say(
          line.healthy ? "info" : "warning",
          line.step,
          `${line.healthy ? "healthy" : "not healthy"}, ${numbers}`,
        );
      }
      case "trigger":
        return say("warning", line.step, `${line.trigger.name}: ${line.trigger.text}`);
      default:
        return say(line.event === "released" ? "info" : "warning", "release", line.event);
    }
  });
}

/** S-095: commit, gates, progressive release, health, and what follows from it; the way that was gone is marked. */
export function pipelineOf(lines: readonly Line[], outcome: string | undefined, triggered: boolean): string {
  const gone = (step: string) => (isDone(lines, step) ? ":::gone" : "");
  return [
    "flowchart LR",
    "  commit[commit]:::gone --> scan",
    `  scan[scan]${gone("gate: scan")} --> builds[builds]${gone("gate: builds")}`,
    `  builds --> tests[API tests]${gone("gate: api")}`,
    `  tests --> rollout[progressive release]${gone("deploy")}`,
    "  rollout --> health{health, error rate, P95}",
    `  health -- anomaly --> back[automatic rollback]${triggered ? ":::gone" : ""} --> verify[verify recovery]${gone("verify the version before")}`,
    `  health -- well --> full[full release]${outcome === "released" ? ":::gone" : ""}`,
    "  classDef gone fill:#15803d,color:#ffffff",
  ].join("\n");
}
