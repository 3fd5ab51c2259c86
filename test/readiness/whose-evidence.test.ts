import assert from "node:assert/strict";
import type { Held } from "../../policies/engine/held";
import { heldBy } from "../../policies/engine/held";
import { items } from "../../policies/items/catalogue";
import { rules } from "../../policies/rules/catalogue";
import { collectEvidence } from "../../readiness/evidence/collect";
import type { Setting } from "../../readiness/evidence/setting";
import { computeVerdict } from "../../readiness/verdict";
import type { Verdict } from "../../model/verdict";
import type { Tier } from "../../model/tier";
import { root } from "../../local/state";
import { ownConfig, readStackFile } from "../../stacks/files";
import { specDigest, stagingOf } from "../../stacks/spec";
import {
  adaKey,
  ciKey,
  inFolder,
  metRun,
  moment,
  register,
  soundFiles,
  statementOf,
  writeSet,
} from "../support/evidence";
import * as fs from "node:fs";
import * as path from "node:path";

const day = 86_400_000;
const serving: Held = { images: [], objectives: 0, stores: [], serving: 3 };

/** Judged with what was gathered in a folder, in a setting of its own. */
function judged(dir: string, tier: Tier, setting: Partial<Setting>): Verdict {
  const run = metRun();
  return computeVerdict(
    { ...run, subject: { ...run.subject, tier, stack: tier } },
    {
      ...{ rules, items, source: "preview", simulated: [] },
      evidence: {
        collected: collectEvidence(dir, [ciKey.trusted, adaKey.trusted]),
        setting: { stack: tier, tier, nowMs: moment, register, holds: serving, ...setting },
      },
    },
  );
}

const reasons = (verdict: Verdict) => verdict.items.map(item => `${item.id} ${item.state} ${item.reason}`).join("\n");

/** A set gathered in staging on a spec, but for people's word, which is about production. */
function writeStagings(dir: string, spec: string): void {
  writeSet(dir, soundFiles());
  for (const [name, content] of Object.entries(soundFiles(moment, "staging"))) {
    if (name.startsWith("attestation")) continue;
    const file = path.join(dir, name);
    const own = content as { schema?: string };
    fs.writeFileSync(file, JSON.stringify(own.schema === "greenlight.evidence/1" ? { ...own, config: spec } : content));
    const predicate = { environment: "staging", ended: new Date(moment - 3_600_000).toISOString(), config: spec };
    fs.writeFileSync(`${file}.intoto.json`, JSON.stringify(statementOf(file, predicate, ciKey)));
  }
}

describe("whose evidence counts", () => {
  const spec = "1".repeat(64);

  it("is staging's before production's first deployment and for 35 days after it, where the system is the same", () =>
    inFolder(dir => {
      writeStagings(dir, spec);
      const staging = { stack: "staging", spec };
      const never = judged(dir, "production", { deployedMs: null, staging });
      assert.equal(never.verdict, "GO", reasons(never));
      assert.match(reasons(never), /load test: .*\(from staging\)/);
      assert.equal(judged(dir, "production", { deployedMs: moment - 34 * day, staging }).verdict, "GO");
      const later = judged(dir, "production", { deployedMs: moment - 35 * day, staging });
      assert.equal(later.verdict, "INCONCLUSIVE");
      assert.match(reasons(later), /gathered in staging, not in production; from day 35 its own is needed/);
      const other = judged(dir, "production", {
        deployedMs: null,
        staging: { stack: "staging", spec: "2".repeat(64) },
      });
      assert.equal(other.verdict, "INCONCLUSIVE");
      assert.match(reasons(other), /on a system that is not the same but for sizes/);
      // Nobody asked the engine: then it is as if it had run for long.
      assert.equal(judged(dir, "production", { staging }).verdict, "INCONCLUSIVE");
      assert.equal(judged(dir, "production", { deployedMs: null }).verdict, "INCONCLUSIVE");
    }));

  it("is staging's failure too: what does not hold there does not hold here", () =>
    inFolder(dir => {
      writeStagings(dir, spec);
      const bad = path.join(dir, "bad.json");
      fs.writeFileSync(bad, '{"run":{"stats":{"assertions":{"total":60,"failed":30}}}}');
      const setting = { deployedMs: null, staging: { stack: "staging", spec } };
      assert.equal(judged(dir, "production", setting).verdict, "NO-GO");
    }));

  it("asks of a staging that never ran only what can be known before it runs", () =>
    inFolder(dir => {
      const files = soundFiles(moment, "staging");
      for (const name of Object.keys(files))
        if (!/^(attestation|trivy|secretlint|sbom|coverage|builds|change|migration)/.test(name)) delete files[name];
      writeSet(dir, files, [], moment, "staging");
      const before = judged(dir, "staging", { deployedMs: null });
      assert.equal(before.verdict, "GO", reasons(before));
      assert.match(reasons(before), /load test: it is asked from the first deployment on/);
      assert.equal(judged(dir, "staging", { deployedMs: moment - day }).verdict, "INCONCLUSIVE");
      assert.equal(judged(dir, "staging", {}).verdict, "INCONCLUSIVE");
      // Production asks for it from the beginning: staging has run before it.
      assert.equal(judged(dir, "production", { deployedMs: null }).verdict, "INCONCLUSIVE");
      fs.rmSync(path.join(dir, "sbom.json"));
      fs.rmSync(path.join(dir, "sbom.json.intoto.json"));
      assert.match(reasons(judged(dir, "staging", { deployedMs: null })), /F\.5 unverifiable SBOM: no SBOM is there/);
    }));

  it("asks of what serves nobody only for its changes", () =>
    inFolder(dir => {
      const { "change.json": change, "secretlint.json": scan } = soundFiles();
      writeSet(dir, { "change.json": change, "secretlint.json": scan });
      const holds = { ...serving, serving: 0 };
      const base = judged(dir, "production", { holds });
      assert.equal(base.verdict, "GO", reasons(base));
      assert.match(reasons(base), /load test: the stack holds nothing that serves/);
      fs.rmSync(path.join(dir, "change.json"));
      fs.rmSync(path.join(dir, "change.json.intoto.json"));
      assert.match(reasons(judged(dir, "production", { holds })), /D\.1\.2 unverifiable .*no change record is there/);
    }));
});

describe("what a stack holds", () => {
  const held = (...types: string[]) => heldBy(types.map(type => ({ type, props: {} }))).serving;

  it("serves unless it is known not to", () => {
    assert.equal(
      held("pulumi:pulumi:Stack", "greenlight:cluster:Network", "aws:ec2/vpc:Vpc", "aws:eks/nodeGroup:NodeGroup"),
      0,
    );
    for (const type of [
      ...[
        "kubernetes:core/v1:Namespace",
        "kubernetes:apps/v1:Deployment",
        "aws:lambda/function:Function",
        "aws:ecs/service:Service",
      ],
      ...[
        "aws:ec2/instance:Instance",
        "aws:autoscaling/group:Group",
        "aws:apprunner/service:Service",
        "gcp:run:Service",
        "custom:x:Y",
      ],
    ])
      assert.equal(held("pulumi:pulumi:Stack", type), 1, type);
  });

  it("keeps data in operators' clusters, and in whatever a job backs up or restores", () => {
    const object = (type: string, name: string, annotations = {}) => ({
      type: `kubernetes:${type}`,
      props: { metadata: { name, namespace: "data", annotations } },
    });
    const { stores } = heldBy([
      object("postgresql.cnpg.io/v1:Cluster", "postgres"),
      object("psmdb.percona.com/v1:PerconaServerMongoDB", "documents"),
      object("batch/v1:CronJob", "redis-restore-drill", { "greenlight.dev/restores": "data/redis" }),
      object("batch/v1:CronJob", "redis-backup", { "greenlight.dev/backup-of": "data/redis" }),
      object("batch/v1:CronJob", "report", { "greenlight.dev/restores": 3 }),
      object("apps/v1:StatefulSet", "cache"),
      { type: "kubernetes:core/v1:Secret", props: null },
    ]);
    assert.deepEqual(stores, ["data/documents", "data/postgres", "data/redis"]);
  });
});

describe("the digest of a spec", () => {
  const spec = {
    services: [
      { name: "api", image: "x@sha256:1", minReplicas: 3, cpu: "1", expose: { host: "a.example.com", timeout: "5s" } },
    ],
    redis: { storage: "8Gi" },
  };

  it("is the same for other sizes and places, and another for anything else", () => {
    const larger = structuredClone(spec);
    Object.assign(larger.services[0]!, { minReplicas: 9, cpu: "4", expose: { host: "b.example.com", timeout: "5s" } });
    larger.redis.storage = "80Gi";
    assert.equal(specDigest({ ...spec, tier: "staging" }), specDigest({ ...larger, tier: "production" }));
    const changes = [
      { image: "x@sha256:2" },
      { name: "web" },
      { expose: { host: "a.example.com", timeout: "9s" } },
      { strategy: "canary" },
    ];
    for (const change of changes)
      assert.notEqual(specDigest({ ...spec, services: [{ ...spec.services[0], ...change }] }), specDigest(spec));
    assert.notEqual(specDigest({ ...spec, redis: { storage: { kind: "memory" } } }), specDigest(spec));
  });

  it("is the same for the committed staging and production, and staging is production's", () => {
    assert.equal(stagingOf("production"), "staging");
    assert.equal(stagingOf("production-base"), "staging-base");
    assert.equal(stagingOf("local"), undefined);
    const of = (stack: string) =>
      specDigest(ownConfig(readStackFile(path.join(root, "stacks"), stack).config, "greenlight"));
    assert.equal(of("staging"), of("production"));
  });
});

describe("a review that is owed", () => {
  const owed = [{ incident: "INC-42", at: new Date(moment - 3_600_000).toISOString() }];
  const word = (change: object = {}) => ({
    ...{ schema: "greenlight.attestation/1", item: "E.3.1", statement: "override INC-42 was reviewed" },
    ...{ stack: "production", by: "Ada", at: new Date(moment - 60_000).toISOString(), ...change },
  });
  const judgedWith = (change: object | undefined, unsigned: string[] = []): Verdict =>
    inFolder(dir => {
      const files = { ...soundFiles(), ...(change ? { "attestation-review.json": word(change) } : {}) };
      writeSet(dir, files, unsigned);
      return judged(dir, "production", { owed });
    });

  it("forbids the next release until somebody has stated it", () => {
    const before = judgedWith(undefined);
    assert.equal(before.verdict, "NO-GO");
    assert.match(reasons(before), /E\.3\.1 not met .*deployed on .* by an override/);
    assert.equal(judgedWith({}).verdict, "GO", reasons(judgedWith({})));
  });

  const refused: [string, object, string[]?][] = [
    ["of another incident", { statement: "override INC-43 was reviewed" }],
    ["of another stack", { stack: "staging" }],
    ["of another item", { item: "E.2.2" }],
    ["given before it happened", { at: new Date(moment - 7_200_000).toISOString() }],
    ["of nobody", { by: "TBD" }],
    ["from the future", { at: new Date(moment + 7_200_000).toISOString() }],
    ["nobody signed", {}, ["attestation-review.json"]],
    ["signed by another", { by: "Grace" }],
  ];
  for (const [name, change, unsigned] of refused)
    it(`is not settled by word ${name}`, () => assert.equal(judgedWith(change, unsigned).verdict, "NO-GO"));

  it("is owed by the stack that was overridden, whatever it holds", () =>
    inFolder(dir => {
      writeSet(dir, soundFiles());
      const holds = { ...serving, serving: 0 };
      assert.equal(judged(dir, "production", { owed, holds }).verdict, "NO-GO");
      assert.equal(judged(dir, "production", { owed: [], holds }).verdict, "GO");
    }));
});
