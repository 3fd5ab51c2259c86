import * as path from "node:path";
import type { ReleaseRecord, Stage } from "../../model/release-record";
import { rollbackSteps } from "../start";
import { manualTriggers } from "../triggers";
import type { Made } from "./made";
import { isDone, of, rateOf, secondsBetween, shown } from "./made";

/** What takes the version back, and what did (S-082 to S-094). */
export function rollbackOf(
  { plan, lines, settings, statements, dir }: Made,
  stages: readonly Stage[],
): ReleaseRecord["rollback"] {
  const { release } = settings;
  const trigger = of(lines, "trigger")[0];
  const switched = of(lines, "done").find(one => one.step === "switch traffic back");
  const verified = of(lines, "look").find(one => one.step === "verify the version before");
  const shifted = plan.stages.filter(one => of(lines, "begun").some(line => line.step === `shift to ${one.percent} %`));
  const hit = stages.find(one => one.state === "rolled back");
  const unhealthy = of(lines, "look").find(one => !one.healthy);
  const lost = statements.find(one => one.id === "data-loss")?.text;
  const stepsDone = rollbackSteps.filter(step => isDone(lines, step)).length;
  return {
    triggers: {
      automatic: [
        `error rate above ${shown(plan.limits.errorRate)} (${plan.limits.from.errorRate})`,
        `P95 above ${plan.limits.p95Ms} ms (${plan.limits.from.p95Ms})`,
        "not healthy, asked twice",
      ],
      manual: [...manualTriggers],
      conflicts: plan.limits.conflicts,
    },
    trigger: trigger ? { name: trigger.trigger.name, text: trigger.trigger.text, at: trigger.at } : null,
    steps: rollbackSteps.map(name => {
      const done = of(lines, "done").find(one => one.step === name);
      const failed = of(lines, "failed").find(one => one.step === name);
      return {
        name,
        state: done ? "done" : failed ? "failed" : "not begun",
        seconds: done?.seconds ?? null,
        ...(done?.note || failed?.note ? { note: done?.note ?? failed?.note ?? "" } : {}),
      };
    }),
    seconds: trigger && switched ? secondsBetween(trigger.at, switched.at) : null,
    verification: {
      ...{ probes: verified ? 5 : 0, everySeconds: 1, healthy: verified?.healthy ?? null },
      ...{ errorRate: rateOf(verified?.measure), p95Ms: verified?.measure?.p95Ms ?? null },
    },
    blastRadius: {
      percentOfUsers: trigger ? Math.max(0, ...shifted.map(one => one.percent)) : 0,
      requestsFailed: hit
        ? hit.requests === null
          ? null
          : Math.round((hit.errorRate ?? 0) * hit.requests)
        : trigger
          ? null
          : 0,
      // From the first look at which it was not well until the version before served again.
      outageSeconds: unhealthy ? (switched ? secondsBetween(unhealthy.at, switched.at) : null) : 0,
      dataLoss: lost !== undefined && /^\d+$/.test(lost) ? Number(lost) : null,
      degradation: hit
        ? `${hit.percent} % of the users met ${hit.errorRate === null ? "an unknown share of" : shown(hit.errorRate)} errors`
        : "none seen",
    },
    success: { done: trigger ? Number(stepsDone === rollbackSteps.length) : 0, of: trigger ? 1 : 0 },
    guide: release.guide ?? null,
    playbook: release.playbook ?? null,
    system: {
      process: rollbackSteps.join(", "),
      contacts: release.people.contacts,
      verification: release.commands.verify ?? release.commands.health,
      postMortem: path.join(dir, "record.md"),
    },
  };
}
