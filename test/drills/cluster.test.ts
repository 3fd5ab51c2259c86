import assert from "node:assert/strict";
import { jobFrom, runJob } from "../../drills/cluster/jobs";
import type { Kubectl } from "../../drills/cluster/jobs";
import { restoreDrill, saidBy } from "../../drills/cluster/restore";
import { clusterRestores } from "../../drills/cluster/restores";
import { runInCluster } from "../../drills/cluster/run";
import { evidenceOf } from "../../drills/run";
import { evidenceSchema } from "../../model/evidence";
import { settingsOf } from "../../cli/drill-settings";

const { settings } = settingsOf("production");
const nonce = "0123456789abcdef0123456789abcdef";
const [postgres, mongodb, redis, objects] = ["postgres", "mongodb", "redis", "objects"].map(name =>
  clusterRestores.find(one => one.id === `restore ${name}`),
);
const digest = `sha256:${"a".repeat(64)}`;

/**
 * A cluster that says what it is told to: no kubelet that runs containers is to be had here. What it is asked for is what a real API
 * server is asked for by the same drill (test/e2e/local-stack.test.ts).
 */
class Said {
  readonly asked: string[] = [];
  readonly made: { metadata: { name: string; labels: Record<string, string> }; spec: unknown }[] = [];
  constructor(
    readonly said: {
      log?: (nonce: string) => string;
      image?: string;
      fails?: string;
      last?: string | undefined;
    } = {},
  ) {}

  kubectl: Kubectl = async (args, input) => {
    this.asked.push(args.join(" "));
    const [, , verb, kind, name] = args;
    if (verb === "create") {
      this.made.push(JSON.parse(input!) as Said["made"][number]);
      return "created";
    }
    if (verb === "get" && kind === "cronjob") {
      const key = name!.split("-").slice(1).join("-");
      const spec = { heartbeat: 1, backup: 1, mirror: 1, "restore-drill": 1 }[key];
      assert.ok(spec, name);
      const { jobTemplate } = settings.postgres!.spec.heartbeat.spec;
      const lastSuccessfulTime = "last" in this.said ? this.said.last : new Date(Date.now() - 90_000).toISOString();
      return JSON.stringify({
        metadata: { name, namespace: args[1] },
        spec: { jobTemplate },
        status: { lastSuccessfulTime },
      });
    }
    if (verb === "get" && kind === "job") {
      const failed = this.said.fails !== undefined && name!.includes(this.said.fails);
      const condition = failed ? { type: "Failed", message: "BackoffLimitExceeded" } : { type: "Complete" };
      return JSON.stringify({ metadata: {}, status: { conditions: [{ ...condition, status: "True" }] } });
    }
    if (verb === "get" && kind === "pods")
      return JSON.stringify({
        items: [
          {
            spec: { nodeName: "node-1" },
            status: { containerStatuses: [{ imageID: this.said.image ?? `registry.example.com/x@${digest}` }] },
          },
        ],
      });
    if (verb === "logs")
      return (this.said.log ?? (one => `nonce ${one}\nnewest row 6 min old; at most 30 is promised\n`))(
        this.made.at(-1)!.metadata.labels["greenlight.dev/drill"]!,
      );
    return "";
  };
}

const drilled = (cluster: Said, one = redis!, sabotage?: string) =>
  runInCluster(restoreDrill(one), {
    ...{ kubectl: cluster.kubectl, settings, nonce, used: [], say: () => undefined, sabotage },
  });

describe("a restore in a cluster", function () {
  this.timeout(20_000);

  it("runs the component's own jobs with its nonce, and takes them away again", async () => {
    const cluster = new Said();
    const report = await drilled(cluster);
    assert.equal(report.result, "passed", report.reasons.join("; "));
    assert.deepEqual(
      cluster.made.map(one => one.metadata.name),
      ["heartbeat", "backup", "restore-drill"].map(one => `redis-${one}-01234567`),
    );
    assert.ok(JSON.stringify(cluster.made[0]).includes(`{"name":"NONCE","value":"${nonce}"}`));
    assert.ok(cluster.asked.some(one => one.startsWith("-n data delete jobs -l greenlight.dev/drill=" + nonce)));
    const evidence = evidenceSchema.parse(evidenceOf(restoreDrill(redis!), report));
    assert.deepEqual(evidence.environment, { name: "production", kind: "cluster" });
    assert.deepEqual([evidence.subject.what, evidence.subject.stores], ["restore redis", ["data/redis"]]);
    assert.equal(evidence.facts.find(one => one.name === "rpoMs")!.value, 6 * 60_000);
    assert.deepEqual(report.images, [digest]);
  });

  it("is none where no container ran, where the data holds another nonce, or where nothing was done", async () => {
    const tried: [Said, string | undefined, RegExp][] = [
      [new Said({ image: "" }), undefined, /containers really ran/],
      [new Said({ log: () => "" }), undefined, /holds this drill's nonce \(none\)/],
      [new Said({ log: () => `nonce ${"f".repeat(32)}\n1 min old` }), undefined, /holds this drill's nonce/],
      [new Said(), "another nonce", /holds this drill's nonce/],
      [new Said(), "no fault", /containers really ran/],
    ];
    for (const [cluster, sabotage, why] of tried) {
      const report = await drilled(cluster, redis, sabotage);
      assert.equal(report.result, "invalid", String(why));
      assert.match(report.reasons.join("; "), why);
      assert.deepEqual(evidenceOf(restoreDrill(redis!), report).facts, []);
    }
  });

  it("fails where a job does, where too much is lost, or where no backup was ever made by the clock", async () => {
    const tried: [Said, RegExp][] = [
      [new Said({ fails: "restore-drill" }), /redis-restore-drill-01234567 did not succeed: BackoffLimitExceeded/],
      [new Said({ log: one => `nonce ${one}\nheartbeat 300 min old` }), /no more is lost than the plan proves/],
      [new Said({ last: undefined }), /no more is lost than the plan proves \(Infinity/],
      [new Said({ last: "2020-01-01T00:00:00Z" }), /RPO is below its limit/],
      [new Said({ log: one => `nonce ${one}\n` }), /no more is lost than the plan proves \(Infinity/],
    ];
    for (const [cluster, why] of tried) {
      const report = await drilled(cluster);
      assert.equal(report.result, "failed", report.reasons.join("; "));
      assert.match(report.reasons.join("; "), why);
    }
  });

  it("counts the objects that were compared", async () => {
    const none = await drilled(new Said({ log: one => `nonce ${one}\ncopy 2 min old` }), objects);
    assert.match(none.reasons.join("; "), /objects are as they were written \(0 compared\)/);
    const said = new Said({
      log: one => `uploads: 40 objects compared\nexports: 2 objects compared\nnonce ${one}\ncopy 2 min old`,
    });
    const some = await drilled(said, objects);
    assert.equal(some.result, "passed", some.reasons.join("; "));
    assert.deepEqual(saidBy("a: 40 objects compared\nb: 2 objects compared"), { compared: 42 });
  });

  it("waits for PostgreSQL's log to leave by itself", () => {
    const minutes = Number(
      /^(\d+)min$/.exec(settings.postgres!.spec.cluster.spec.postgresql.parameters.archive_timeout)![1],
    );
    assert.equal(postgres!.settleMs(settings), minutes * 60_000 + 30_000);
  });

  it("waits for MongoDB's oplog to be shipped, and takes the age that its own job tells", async () => {
    const { oplogSpanMin } = settings.mongodb!.spec.cluster.spec.backup.pitr;
    assert.equal(mongodb!.settleMs(settings), (oplogSpanMin + 1) * 60_000);
    const cluster = new Said({
      log: one =>
        `restored s3://x in 400 s\nnonce ${one}\nheartbeat 3 min old when the restore began; at most 5 is promised\n`,
    });
    const report = await drilled(cluster, { ...mongodb!, settleMs: () => 0 });
    assert.equal(report.result, "passed", report.reasons.join("; "));
    assert.deepEqual(
      cluster.made.map(one => one.metadata.name),
      ["heartbeat", "restore-drill"].map(one => `documents-${one}-01234567`),
    );
    assert.deepEqual(report.stores, ["data/documents"]);
    assert.equal(report.measured.find(one => one.name === "rpoMs")!.value, 3 * 60_000);
  });

  it("makes of a CronJob what kubectl makes of it, and tries it once", () => {
    const cron = {
      metadata: { name: "postgres-restore-drill", namespace: "data" },
      spec: { jobTemplate: settings.postgres!.spec.drill.spec.jobTemplate },
    };
    const job = jobFrom(cron as never, nonce) as {
      spec: { backoffLimit: number; template: { spec: { containers: { env: object[]; command: string[] }[] } } };
    };
    const [container] = job.spec.template.spec.containers;
    assert.equal(job.spec.backoffLimit, 0);
    assert.deepEqual(container!.command, cron.spec.jobTemplate.spec.template.spec.containers[0]!.command);
    assert.deepEqual(container!.env.at(-1), { name: "NONCE", value: nonce });
  });

  it("ends its waiting when it is interrupted, and clears up", async () => {
    const stop = new AbortController();
    const cluster = new Said();
    const kubectl: Kubectl = async (args, input) => {
      if (args.includes("job")) {
        stop.abort(new Error("interrupted"));
        return JSON.stringify({ metadata: {} });
      }
      return cluster.kubectl(args, input);
    };
    await assert.rejects(
      runJob(
        kubectl,
        { namespace: "data", cronJob: "redis-backup", nonce, say: () => {}, signal: stop.signal },
        () => 0,
      ),
      /interrupted/,
    );
    const report = await runInCluster(restoreDrill(redis!), {
      ...{ kubectl, settings, nonce, used: [], say: () => undefined, signal: stop.signal },
    });
    assert.equal(report.result, "invalid");
    assert.ok(cluster.asked.some(one => one.includes("delete jobs")));
  });
});
