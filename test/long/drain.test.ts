import assert from "node:assert/strict";
import type { KubeObject } from "../../local/kubernetes-api";
import { capture, run } from "../../local/process";
import { zones } from "../../local/bootstrap";
import { localStack, shellEnv } from "../support/local-stack";

interface Budget extends KubeObject {
  status: { currentHealthy: number; desiredHealthy: number; expectedPods: number };
}

const isReady = (pod: KubeObject): boolean =>
  ((pod.status?.conditions ?? []) as { type: string; status: string }[]).some(
    one => one.type === "Ready" && one.status === "True",
  );

describe("draining a zone", function () {
  this.timeout(300_000);
  let env: NodeJS.ProcessEnv;

  before(async function () {
    this.timeout(45 * 60_000);
    await localStack();
    env = await shellEnv();
  });

  const list = async <T extends KubeObject>(kind: string): Promise<T[]> =>
    (JSON.parse(await capture("kubectl", ["get", kind, "-A", "-o", "json"], { env })) as { items: T[] }).items;
  const serving = async () =>
    (await list("pods")).filter(
      pod => !((pod.metadata.ownerReferences ?? []) as { kind: string }[]).some(one => one.kind === "Job"),
    );

  /** Budgets that are not kept now; those of pods no controller makes here have nothing to keep. */
  const broken = async () =>
    (await list<Budget>("pdb"))
      .filter(({ status }) => status.expectedPods > 0 && status.currentHealthy < status.desiredHealthy)
      .map(({ metadata }) => metadata.name);

  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 60_000; !(await holds()); await new Promise(resolve => setTimeout(resolve, 500)))
      assert.ok(
        Date.now() < end,
        `${what} did not come about within 60 s:\n${await capture("kubectl", ["get", "pods,pdb", "-A", "-o", "wide"], { env })}`,
      );
  }

  // One zone: the disruption controller remembers evicted pods by name for two minutes, and those of a set come back
  // under the same names, so that a second zone waits that long.
  for (const zone of zones.slice(0, 1))
    it(`${zone}: every disruption budget is kept, and everything runs again`, async () => {
      const node = `node-${zone}`;
      const all = (await serving()).length;
      assert.ok(all >= 30, String(all));
      let isDone = false;
      const seen: string[] = [];
      const watch = (async () => {
        while (!isDone) seen.push(...(await broken()));
      })();
      const drained = await run(
        "kubectl",
        ["drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=240s"],
        { env },
      );
      isDone = true;
      await watch;
      assert.equal(
        drained.code,
        0,
        drained.stderr + (await capture("kubectl", ["get", "pods,pdb", "-A", "-o", "wide"], { env })),
      );
      assert.deepEqual(seen, []);
      // What has no volume in the zone runs elsewhere; what has waits for it.
      await until("the services elsewhere", async () =>
        (await serving()).every(pod => pod.metadata.namespace !== "inulearning" || pod.status?.phase === "Running"),
      );
      assert.ok((await serving()).every(pod => pod.spec?.nodeName !== node));
      await capture("kubectl", ["uncordon", node], { env });
      await until("everything Running", async () => {
        const pods = await serving();
        return pods.length === all && pods.every(isReady);
      });
    });
});
