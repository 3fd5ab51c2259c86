import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Registered } from "../../cli/in-process/engine";
import { accountSpec } from "../../components/cluster/account";
import type { BucketArgs } from "../../components/cluster/bucket";
import { bucketSpec } from "../../components/cluster/bucket";
import { identitiesSpec } from "../../components/cluster/identities";
import { keysSpec } from "../../components/cluster/keys";
import { kubernetesClusterSpec } from "../../components/cluster/kubernetes-cluster";
import { networkSpec } from "../../components/cluster/network";
import { policyDocument } from "../../components/cluster/policy-document";
import { registrySpec } from "../../components/cluster/registry";
import { targetServer } from "../../components/cluster/same-cluster";
import { temporary } from "../support/local-stack";
import type { Weakening } from "../support/program";
import { reasonsOf, registeredBy, violations, violationsWith } from "../support/program";

const place = { system: "shop", environment: "production", account: "111122223333", region: "eu-central-1" };
const admins = ["arn:aws:iam::111122223333:role/ci"];
const bucket: BucketArgs = { place, bucket: "shop-backups", purpose: "backups", lockDays: 30, keepDays: 90 };

/** Every default that closes the account, taken away once. */
const weakenings: Weakening[] = [
  ["a bucket without versions", "BucketVersioning backups", "versioningConfiguration.status", "Suspended", "GL-CLD-02"],
  ["a bucket that may be public", "BucketPublicAccessBlock audit", "blockPublicPolicy", false, "GL-CLD-02"],
  ["a bucket without encryption", "BucketServerSideEncryptionConfiguration logs", "rules", [], "GL-CLD-02"],
  ["a bucket that answers in clear", "BucketPolicy backups", "policy", '{"Statement":[]}', "GL-CLD-02"],
  ["an API server open to everybody", "Cluster cluster", "vpcConfig.publicAccessCidrs", ["0.0.0.0/0"], "GL-CLD-03"],
  ["a cluster without its audit log", "Cluster cluster", "enabledClusterLogTypes", ["api"], "GL-CLD-03"],
  ["secrets in clear", "Cluster cluster", "encryptionConfig", undefined, "GL-CLD-03"],
  [
    "a role that may do everything",
    "RolePolicy identities-write-backups",
    "policy",
    '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
    "GL-CLD-01",
  ],
];

describe("what an environment stands on in AWS", function () {
  this.timeout(60_000);
  let base: Registered[];
  before(async () => {
    base = await registeredBy("production-base");
  });

  it("violates no rule at production's measure, in either environment", async () => {
    assert.deepEqual(violations(base), []);
    assert.deepEqual(violations(await registeredBy("staging-base")), []);
  });

  for (const [what, resource, at, value, rule] of weakenings)
    it(`${rule} sees ${what}`, () => {
      const found = violationsWith(base, resource, at, value);
      assert.ok(
        found.some(one => one.startsWith(`${rule} `)),
        found.join("\n") || "nothing was found",
      );
    });

  it("writes every policy out: none waits for what AWS makes up", () => {
    const texts = base.flatMap(({ type, inputs }) =>
      /:(RolePolicy|BucketPolicy|Role|Key)$/.test(type) ? [inputs.policy ?? inputs.assumeRolePolicy] : [],
    );
    assert.ok(texts.length > 20, String(texts.length));
    for (const text of texts) assert.doesNotThrow(() => JSON.parse(text as string));
  });

  it("protects what cannot be made again", () => {
    const open = base.filter(
      one => /:(Bucket|Key|Secret|Repository|Trail)$/.test(one.type) && one.type.startsWith("aws:") && !one.protect,
    );
    assert.deepEqual(
      open.map(one => one.urn),
      [],
    );
  });

  it("gives every network its own block, and every zone its own way out", () => {
    const { publicSubnets, privateSubnets } = networkSpec({ place, cidr: "10.7.0.0/16" });
    assert.deepEqual(
      publicSubnets.map(one => one.cidrBlock),
      ["10.7.0.0/20", "10.7.16.0/20", "10.7.32.0/20"],
    );
    assert.deepEqual(
      privateSubnets.map(one => one.cidrBlock),
      ["10.7.64.0/18", "10.7.128.0/18", "10.7.192.0/18"],
    );
    assert.equal(base.filter(one => one.type.endsWith(":NatGateway")).length, 3);
  });

  it("copies backups to another region under that region's key", () => {
    const { replication } = bucketSpec({ ...bucket, replica: { bucket: "shop-copy", region: "eu-west-1" } });
    const [rule] = replication!.config.rules;
    assert.equal(rule!.destination.bucket, "arn:aws:s3:::shop-copy");
    assert.match(rule!.destination.encryptionConfiguration.replicaKmsKeyId, /:eu-west-1:/);
  });

  it("locks backups against everybody, root included", () =>
    assert.deepEqual(bucketSpec(bucket).lock!.rule.defaultRetention, { mode: "COMPLIANCE", days: 30 }));

  it("keeps nodes' credentials from pods, and grows in the zone that needs it", () => {
    const { launch, nodeGroups } = kubernetesClusterSpec({ place, admins });
    assert.equal(launch.metadataOptions.httpTokens, "required");
    assert.equal(launch.metadataOptions.httpPutResponseHopLimit, 1);
    assert.equal(nodeGroups.length, 3);
  });

  it("is reached from inside only unless networks are named", () => {
    const { endpoint } = kubernetesClusterSpec({ place, admins });
    assert.deepEqual(endpoint, { endpointPrivateAccess: true, endpointPublicAccess: false });
  });

  it("lets tags stand once pushed", () =>
    assert.equal(
      registrySpec({ place, repositories: ["shop/api"] }).repositories[0]!.repository.imageTagMutability,
      "IMMUTABLE",
    ));

  it("rotates keys and takes a month to delete one", () => {
    for (const { key } of Object.values(keysSpec(place)))
      assert.deepEqual([key.enableKeyRotation, key.deletionWindowInDays], [true, 30]);
  });

  const refusals: [string, () => unknown, string][] = [
    [
      "a network that is not private",
      () => networkSpec({ place, cidr: "8.8.0.0/16" }),
      'cidr is "8.8.0.0/16"; need a private /16 such as "10.40.0.0/16"',
    ],
    [
      "two zones",
      () => networkSpec({ place, zones: ["a", "b"] }),
      "zones is a, b; need three different ones: a quorum survives the loss of one zone of three",
    ],
    [
      "a copy beside the original",
      () => bucketSpec({ ...bucket, replica: { bucket: "copy", region: place.region } }),
      "replica.region is eu-central-1, the environment's own; need another: a copy beside the original goes with it",
    ],
    [
      "a lock longer than the keeping",
      () => bucketSpec({ ...bucket, lockDays: 100 }),
      "lockDays is 100; need at most keepDays, 90: what is locked cannot be cleared away",
    ],
    [
      "a cluster nobody may enter",
      () => kubernetesClusterSpec({ place, admins: [] }),
      "admins is empty; need a role, or nobody could ever deploy to it",
    ],
    [
      "a person for an administrator",
      () => kubernetesClusterSpec({ place, admins: ["arn:aws:iam::111122223333:user/eve"] }),
      '"arn:aws:iam::111122223333:user/eve" is no role; need an ARN such as arn:aws:iam::123456789012:role/ci: people and machines assume roles',
    ],
    [
      "two rights for one account",
      () =>
        identitiesSpec({
          place,
          cluster: "c",
          backupBucket: "b",
          logBucket: "l",
          identities: [
            { account: "data/db", may: "write backups" },
            { account: "data/db", may: "read secrets" },
          ],
        }),
      "identities names data/db twice; need one right an account: give each its own",
    ],
    [
      "a budget of nothing",
      () => accountSpec({ place, auditBucket: "a", secrets: [], budget: { monthlyUsd: 0, notify: "o@example.com" } }),
      "budget.monthlyUsd is 0; need an amount above zero",
    ],
    [
      "a policy AWS could not read",
      () => policyDocument("x", [{ sid: "a b", actions: ["read"], resources: ["bucket"] }]),
      'statements[0].sid is "a b"; need letters and digits only',
    ],
  ];
  for (const [what, build, says] of refusals)
    it(`refuses ${what}`, () => {
      const reasons = reasonsOf(build);
      assert.ok(reasons.includes(says), reasons.join("\n") || "nothing was refused");
    });

  it("finds the API server a kubeconfig leads to", () => {
    const dir = temporary();
    const file = path.join(dir, "config");
    fs.writeFileSync(
      file,
      JSON.stringify({
        "current-context": "b",
        contexts: [
          { name: "a", context: { cluster: "one" } },
          { name: "b", context: { cluster: "two" } },
        ],
        clusters: [
          { name: "one", cluster: { server: "https://one" } },
          { name: "two", cluster: { server: "https://two" } },
        ],
      }),
    );
    assert.equal(targetServer(file), "https://two");
    assert.equal(targetServer(path.join(dir, "absent")), undefined);
    fs.rmSync(dir, { recursive: true });
  });
});
