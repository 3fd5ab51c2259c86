import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { BackupPlan } from "../../components/backup/plan";
import { backupPlan } from "../../components/backup/plan";
import { objectStoreSpec } from "../../components/data/object-store-spec";
import { postgresSpec } from "../../components/data/postgres-spec";
import { redisSpec } from "../../components/data/redis-spec";
import { certificatesSpec } from "../../components/security/certificates";
import { secretsSpec } from "../../components/security/secrets";
import type { Registered } from "../../cli/in-process/engine";
import { capture } from "../../local/process";
import { root } from "../../local/state";
import { nameOf, reasonsOf, registeredBy, violations, violationsWith } from "../support/program";
import { weakenings } from "./weakenings";

const target = { bucket: "backups", region: "eu-central-1" };
const sizes = { postgres: "20Gi", mongodb: "20Gi", redis: "4Gi", objectStore: "20Gi" };
describe("stores, certificates and secrets", function () {
  this.timeout(60_000);
  let platform: Registered[];

  before(async () => {
    platform = await registeredBy("local");
  });

  it("violate no rule, at production's measure", () => assert.deepEqual(violations(platform), []));

  for (const [what, resource, place, value, rule] of weakenings)
    it(`${rule} sees ${what}`, () => {
      const found = violationsWith(platform, resource, place, value);
      assert.ok(
        found.some(one => one.startsWith(`${rule} `)),
        found.join("\n") || "nothing was found",
      );
    });

  it("GL-DATA-01 sees a store that is not protected", () => {
    const open = platform.map(one => (nameOf(one) === "Cluster data/postgres" ? { ...one, protect: false } : one));
    assert.deepEqual(violations(open), ["GL-DATA-01 Cluster data/postgres"]);
  });

  it("refuse a size that cannot hold a quorum, and say why", () => {
    const plan = backupPlan({ target }, sizes);
    const common = { system: "shop", namespace: "data" };
    const redis = { ...common, name: "redis", images: { server: "s", exporter: "e", aws: "a" } };
    const postgres = { ...common, name: "db", images: { server: "s", pooler: "p" } };
    const objects = { ...common, name: "o", images: { server: "s", client: "c" }, buckets: ["b"] };
    assert.match(reasonsOf(() => redisSpec({ ...redis, replicas: 2 }, plan))[0]!, /odd number of at least 3/);
    assert.match(reasonsOf(() => postgresSpec({ ...postgres, instances: 2 }, plan))[0]!, /need at least 3/);
    assert.match(reasonsOf(() => postgresSpec({ ...postgres, synchronous: 3 }, plan))[0]!, /need 1 to 2/);
    assert.match(reasonsOf(() => objectStoreSpec({ ...objects, servers: 4 }, plan))[0]!, /three zones/);
    assert.match(reasonsOf(() => objectStoreSpec({ ...objects, servers: 9 }, plan))[0]!, /three zones/);
    for (const build of [
      () => redisSpec(redis, plan),
      () => postgresSpec(postgres, plan),
      () => objectStoreSpec(objects, plan),
    ])
      assert.deepEqual(reasonsOf(build), []);
  });

  it("let nobody into an empty pooler", () => {
    const plan = backupPlan({ target }, sizes);
    const spec = postgresSpec(
      { name: "db", system: "shop", namespace: "data", images: { server: "s", pooler: "p" } },
      plan,
    );
    for (const rule of spec.poolerPolicy.spec.ingress) assert.ok((rule as { from: object[] }).from.length > 0);
  });

  it("run scripts that a POSIX shell can read", async () => {
    const plan = backupPlan({ target }, sizes);
    const { config, heartbeat, drill, backup } = redisSpec(
      { name: "redis", system: "shop", namespace: "data", images: { server: "s", exporter: "e", aws: "a" } },
      plan,
    );
    const jobs = [heartbeat, drill, backup].flatMap(job => {
      const { containers, initContainers = [] } = job.spec.jobTemplate.spec.template.spec as {
        containers: { command: string[] }[];
        initContainers?: { command: string[] }[];
      };
      return [...containers, ...initContainers].map(one => one.command[2]!);
    });
    for (const script of [
      ...Object.entries(config.data)
        .filter(([name]) => name.endsWith(".sh"))
        .map(([, text]) => text),
      ...jobs,
    ])
      await capture("sh", ["-n", "-c", script]);
  });

  it("end in a plan whose promise is proved from its schedules", () => {
    const plan: BackupPlan = backupPlan({ target }, sizes);
    assert.deepEqual(
      [plan.postgres, plan.redis, plan.objectStore].map(one => one.provable.rpoMinutes),
      [5, 40, 25],
    );
    assert.match(reasonsOf(() => backupPlan({ target, rpo: "30m" }, sizes)).join(), /redis can promise 40 min/);
    assert.match(reasonsOf(() => backupPlan({ target, rto: "1h" }, sizes)).join(), /postgres can promise \d+ min/);
    assert.match(
      reasonsOf(() => backupPlan({ target }, { ...sizes, postgres: "10Ti" })).join(),
      /postgres can promise/,
    );
    assert.match(reasonsOf(() => backupPlan({ target, rpo: "soon" }, sizes)).join(), /rpo is "soon"/);
  });

  it("have a runbook for every alert", () => {
    const rules = platform.filter(one => one.type.endsWith(":PrometheusRule"));
    assert.ok(rules.length >= 9, String(rules.length));
    for (const { inputs } of rules) {
      const { groups } = inputs.spec as unknown as {
        groups: { rules: { alert: string; annotations: { runbook: string } }[] }[];
      };
      for (const { alert, annotations } of groups.flatMap(group => group.rules).filter(rule => rule.alert)) {
        const page = fs.readFileSync(path.join(root, annotations.runbook.split("#")[0]!), "utf8");
        assert.ok(page.includes(`\n## ${alert}\n`), `${annotations.runbook} has no part for ${alert}`);
      }
    }
  });

  it("keep the root's key, and trust what is going as long as it is there", () => {
    const spec = certificatesSpec({ system: "shop", formerRoots: ["root-2025"] });
    assert.equal(spec.root.spec.privateKey.rotationPolicy, "Never");
    assert.deepEqual(
      spec.bundle.spec.sources.map(one => one.secret.name),
      ["internal-root", "root-2025"],
    );
  });

  it("use the authority's staging service unless production is asked for", () => {
    const acme = { email: "ops@example.com", solver: { route53Region: "eu-central-1" } };
    const serverOf = (production?: boolean) =>
      (
        certificatesSpec({ system: "shop", acme: { ...acme, ...(production ? { production } : {}) } }).acme!.spec as {
          acme: { server: string };
        }
      ).acme.server;
    assert.match(serverOf(), /staging/);
    assert.doesNotMatch(serverOf(true), /staging/);
  });

  it("answer only the system's own namespaces out of a store", () => {
    const spec = secretsSpec({
      system: "shop",
      namespaces: ["shop", "data"],
      store: { kind: "aws", region: "eu-central-1", role: "arn:aws:iam::123456789012:role/shop" },
    })!;
    assert.deepEqual(spec.spec.conditions, [{ namespaces: ["shop", "data"] }]);
    assert.equal(secretsSpec({ system: "shop", namespaces: [] }), undefined);
  });
});
