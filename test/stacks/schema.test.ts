import assert from "node:assert/strict";
import * as path from "node:path";
import { root } from "../../local/state";
import { UserError } from "../../model/faults";
import { ownConfig, readStackFile, stackNames } from "../../stacks/files";
import { parseStack } from "../../stacks/schema";

const good = () => ({
  tier: "local",
  system: "shop",
  namespaces: [{ name: "shop" }],
  services: [{ name: "api", namespace: "shop", image: "shop/api" }],
});

const messageOf = (raw: Record<string, unknown>): string => {
  try {
    parseStack(raw, "stacks/Pulumi.x.yaml");
  } catch (error) {
    assert.ok(error instanceof UserError);
    return error.message;
  }
  return "accepted";
};

describe("a stack's config", () => {
  it("is accepted when it is sound", () => assert.equal(messageOf(good()), "accepted"));

  const cases: [string, Record<string, unknown>, string][] = [
    [
      "an unknown key",
      { ...good(), replicas: 3 },
      "stacks/Pulumi.x.yaml: greenlight:replicas is not a known key; need one of tier, system, base, namespaces, services, backup, certificates, secrets, postgres, mongodb, redis, objectStore, s3, operators, storageClasses, access, workers, gateway, dependencies, observability. Correct or remove it.",
    ],
    [
      "an unknown key further down",
      { ...good(), services: [{ ...good().services[0], replica: 3 }] },
      "greenlight:services[0].replica is not a known key; need one of name, namespace, image",
    ],
    [
      "a wrong type",
      { ...good(), services: [{ ...good().services[0], minReplicas: "three" }] },
      'greenlight:services[0].minReplicas is "three"; need a number.',
    ],
    [
      "a tier nobody knows",
      { ...good(), tier: "prod" },
      'greenlight:tier is "prod"; need one of local, staging, production.',
    ],
    [
      "a missing key",
      { tier: "local", system: "shop", services: [] },
      "greenlight:namespaces is missing; need an array.",
    ],
    ["a name Kubernetes refuses", { ...good(), system: "My Shop" }, 'greenlight:system is "My Shop"; need a DNS label'],
    [
      "a port out of range",
      { ...good(), services: [{ ...good().services[0], port: 70000 }] },
      "greenlight:services[0].port is 70000; need",
    ],
    [
      "a namespace that is not there",
      { ...good(), services: [{ ...good().services[0], namespace: "other" }] },
      'services[0].namespace is "other"; need one of the namespaces shop.',
    ],
    [
      "a caller that is not there",
      { ...good(), services: [{ ...good().services[0], callers: ["web"] }] },
      'is in touch with "web"; need one of the services api.',
    ],
    ["a name twice", { ...good(), services: [good().services[0], good().services[0]] }, 'holding "api" twice'],
  ];
  for (const [name, raw, says] of cases)
    it(`refuses ${name}`, () => assert.ok(messageOf(raw).includes(says), messageOf(raw)));

  const base = () => ({
    layer: "base",
    tier: "production",
    system: "shop",
    environment: "production",
    account: "111122223333",
    region: "eu-central-1",
    cluster: { admins: ["arn:aws:iam::111122223333:role/ci"] },
    repositories: [],
    backups: { bucket: "shop-backups", replicaRegion: "eu-west-1" },
    identities: [],
    secrets: [],
    budget: { monthlyUsd: 100, notify: "ops@example.com" },
  });
  const baseCases: [string, Record<string, unknown>, string][] = [
    ["an account that YAML made a number", { ...base(), account: 111122223333 }, "greenlight:account is 111122223333"],
    [
      "a cluster open to the Internet",
      { ...base(), cluster: { ...base().cluster, allowFrom: ["0.0.0.0/0"] } },
      'greenlight:cluster.allowFrom[0] is "0.0.0.0/0"; need a network, not the whole Internet.',
    ],
    [
      "two zones",
      { ...base(), network: { zones: ["a", "b"] } },
      "greenlight:network.zones is a list of 2; need three availability zones.",
    ],
    [
      "a key of the other layer",
      { ...base(), services: [] },
      "greenlight:services is not a known key; need one of layer, tier, system, environment, account, region",
    ],
    ["a layer nobody knows", { ...base(), layer: "top" }, 'greenlight:layer is "top"; need one of base.'],
  ];
  for (const [name, raw, says] of baseCases)
    it(`of a base refuses ${name}`, () => assert.ok(messageOf(raw).includes(says), messageOf(raw)));

  it("of a base is accepted when it is sound", () => assert.equal(messageOf(base()), "accepted"));

  it("names every fault at once", () =>
    assert.equal(messageOf({ tier: "x", system: 3, namespaces: [], services: "none" }).split("\n").length, 4));

  it("prints no long text: it could be a secret", () => {
    const text = messageOf({ ...good(), tier: "s".repeat(64) });
    assert.ok(text.includes("a text of 64 characters") && !text.includes("sss"));
  });

  it("of every committed stack is sound", () => {
    const dir = path.join(root, "stacks");
    assert.deepEqual(stackNames(dir), ["local", "production", "production-base", "staging", "staging-base"]);
    for (const name of stackNames(dir)) {
      const { config } = readStackFile(dir, name);
      parseStack(ownConfig(config, "greenlight"), name);
    }
  });

  it("of a stack that does not exist is refused by naming those that do", () =>
    assert.throws(
      () => readStackFile(path.join(root, "stacks"), "prod"),
      /stack prod is unknown; need one of local, production, production-base, staging, staging-base/,
    ));
});
