import assert from "node:assert/strict";
import { settingsOf } from "../../cli/drill-settings";
import { clusterFailovers, countedBy } from "../../drills/cluster/failover";
import type { Kubectl } from "../../drills/cluster/jobs";
import { clusterDrills, runInCluster } from "../../drills/cluster/run";
import { evidenceOf } from "../../drills/run";
import { evidenceSchema } from "../../model/evidence";
import { greenlight } from "../support/local-stack";

const { settings } = settingsOf("production");
const nonce = "0123456789abcdef0123456789abcdef";
const [postgres, redis] = clusterFailovers;
const digest = `sha256:${"b".repeat(64)}`;

interface Told {
  /** Where the writers write before and after; nothing where they never do. */
  began?: string | undefined;
  ended?: string;
  counted?: string;
  fails?: boolean;
  /** Deleting a pod does nothing. */
  stays?: boolean;
}

/** A cluster that says what it is told to, with three pods of each store behind addresses of their own. */
class Said {
  readonly asked: string[] = [];
  made: { metadata: { name: string }; spec: { activeDeadlineSeconds: number; template: { spec: Containers } } }[] = [];
  #uids = new Map<string, number>();
  #nonce = "";
  constructor(readonly told: Told = {}) {}

  kubectl: Kubectl = async (args, input) => {
    this.asked.push(args.join(" "));
    const [, , verb, kind, name] = args;
    if (verb === "create") {
      this.made.push(JSON.parse(input!) as Said["made"][number]);
      this.#nonce = this.made.at(-1)!.spec.template.spec.containers[0]!.env.at(-1)!.value;
      return "created";
    }
    if (verb === "delete" && kind === "pod" && !this.told.stays)
      this.#uids.set(name!, (this.#uids.get(name!) ?? 0) + 1);
    if (verb === "get" && kind === "cronjob") {
      const { jobTemplate } = settings[name!.startsWith("redis") ? "redis" : "postgres"]!.spec.heartbeat.spec;
      return JSON.stringify({ metadata: { name, namespace: args[1] }, spec: { jobTemplate } });
    }
    if (verb === "get" && kind === "job") {
      const condition = this.told.fails ? { type: "Failed", message: "BackoffLimitExceeded" } : { type: "Complete" };
      return JSON.stringify({ metadata: {}, status: { conditions: [{ ...condition, status: "True" }] } });
    }
    if (verb === "get" && kind === "services") {
      const items = [0, 1, 2].map(one => ({
        metadata: { name: `redis-${one}` },
        spec: { clusterIP: `10.0.0.${one}` },
      }));
      return JSON.stringify({ items });
    }
    if (verb === "get" && kind === "pods" && args[4] === "-l")
      return JSON.stringify({ items: [{ status: { containerStatuses: [{ imageID: `x@${digest}` }] } }] });
    if (verb === "get" && kind === "pods") {
      const conditions = [{ type: "Ready", status: "True" }];
      const items = ["redis-0", "redis-1", "redis-2", "postgres-1", "postgres-2", "postgres-3"].map((pod, index) => ({
        metadata: { name: pod, uid: `${pod} ${this.#uids.get(pod) ?? 0}` },
        status: { podIP: `10.1.0.${index}`, conditions },
      }));
      return JSON.stringify({ items });
    }
    if (verb === "logs") {
      const {
        began = "10.0.0.0",
        ended = "10.0.0.1",
        counted = "400 confirmed, 0 lost, 9 refused, 7200 ms without one",
      } = this.told;
      if ("began" in this.told && this.told.began === undefined) return "";
      return `writing to ${began}\nwriting ended at ${ended}\nnonce ${this.#nonce}\n${counted}\n`;
    }
    return "";
  };
}

const drilled = (cluster: Said, { one = redis!, sabotage }: { one?: typeof redis; sabotage?: string } = {}) =>
  runInCluster(one!, {
    ...{ kubectl: cluster.kubectl, settings, nonce, used: [], say: () => undefined, sabotage },
  });

describe("a failover in a cluster", function () {
  this.timeout(20_000);

  it("deletes the pod that takes writes, by the heartbeat's own job, and counts what was promised", async () => {
    const cluster = new Said();
    const report = await drilled(cluster);
    assert.equal(report.result, "passed", report.reasons.join("; "));
    assert.ok(cluster.asked.includes("-n data delete pod redis-0 --grace-period=1"));
    assert.ok(cluster.asked.some(one => one.startsWith(`-n data delete jobs -l greenlight.dev/drill=${nonce}`)));
    const [job] = cluster.made;
    assert.equal(job!.metadata.name, "redis-failover-01234567");
    const [container] = job!.spec.template.spec.containers;
    const beat = settings.redis!.spec.heartbeat.spec.jobTemplate.spec.template.spec.containers[0]!;
    // Who it is, what it may and what it is let at are the heartbeat's; what it does is not.
    assert.deepEqual({ ...container, command: 0, env: 0 }, { ...beat, command: 0, env: 0 });
    assert.notDeepEqual(container!.command, beat.command);
    const evidence = evidenceSchema.parse(evidenceOf(redis!, report));
    assert.deepEqual([evidence.kind, evidence.environment.kind], ["failure drill", "cluster"]);
    assert.deepEqual(
      ["succeeded", "switchMs", "failed", "total"].map(name => evidence.facts.find(one => one.name === name)?.value),
      [true, 7_200, 0, 400],
    );
  });

  it("finds PostgreSQL's primary by the address of its pod", async () => {
    const cluster = new Said({ began: "10.1.0.4", ended: "10.1.0.5" });
    const report = await drilled(cluster, { one: postgres! });
    assert.equal(report.result, "passed", report.reasons.join("; "));
    assert.ok(cluster.asked.includes("-n data delete pod postgres-2 --grace-period=1"));
  });

  it("is none where nobody wrote, and then breaks nothing", async () => {
    for (const told of [{ began: undefined }, { began: "10.9.9.9" }]) {
      const cluster = new Said(told);
      const report = await drilled(cluster);
      assert.equal(report.result, "invalid");
      assert.ok(!cluster.asked.some(one => one.includes("delete pod")));
      assert.deepEqual(evidenceOf(redis!, report).facts, []);
    }
  });

  it("is none where the pod stays, where nobody else took over, where nobody felt it, or with another nonce", async () => {
    const tried: [Told, string | undefined, RegExp][] = [
      [{ stays: true }, undefined, /the primary's pod is gone/],
      [{}, "no fault", /the primary's pod is gone/],
      [{ ended: "10.0.0.0" }, undefined, /another took over \(redis-0, then redis-0\)/],
      [{ counted: "400 confirmed, 0 lost, 0 refused, 90 ms without one" }, undefined, /writers felt it/],
      [{ counted: "" }, undefined, /writers felt it/],
      [{}, "another nonce", /holds this drill's nonce/],
    ];
    for (const [told, sabotage, why] of tried) {
      const report = await drilled(new Said(told), sabotage === undefined ? {} : { sabotage });
      assert.equal(report.result, "invalid", String(why));
      assert.match(report.reasons.join("; "), why);
    }
  });

  it("fails where something confirmed is lost, where it takes too long, or where the writers fail", async () => {
    const tried: [Told, RegExp][] = [
      [{ counted: "400 confirmed, 2 lost, 9 refused, 7200 ms without one" }, /is lost \(2 of 400\)/],
      [{ counted: "400 confirmed, 0 lost, 9 refused, 70000 ms without one" }, /within 60 s \(70000 ms\)/],
      [{ fails: true }, /redis-failover-01234567 did not succeed: BackoffLimitExceeded/],
    ];
    for (const [told, why] of tried) {
      const report = await drilled(new Said(told));
      assert.equal(report.result, "failed", report.reasons.join("; "));
      assert.match(report.reasons.join("; "), why);
    }
  });

  it("takes no other text for a count", () => {
    const nothing = countedBy("writing to \n 4 confirmed, 0 lost, 0 refused, 900 ms without one\nnonce no");
    assert.deepEqual(
      Object.values(nothing).filter(one => one !== undefined),
      [],
    );
  });

  it("is asked for by name, and with a yes", async () => {
    assert.deepEqual(
      clusterDrills.filter(one => one.breaks).map(one => one.id),
      ["failover postgres", "failover redis"],
    );
    const done = await greenlight(["drill", "failover", "redis", "--target", "cluster"]);
    assert.equal(done.code, 64);
    assert.match(done.stderr, /it deletes the pod that redis is written to by; need a yes to that\. Say --yes/);
  });
});

interface Containers {
  containers: { command: string[]; env: { name: string; value: string }[] }[];
}
