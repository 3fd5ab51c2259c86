import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import { UserError } from "../../model/faults";
import { complete } from "../../stacks/complete";
import { temporary } from "../support/local-stack";

const digest = `x@sha256:${"a".repeat(64)}`;
const place = { name: "db", namespace: "shop", clients: [] };
const images = { server: digest, pooler: digest };
const stack = (tier: string, more: object = {}) => ({
  tier,
  system: "shop",
  namespaces: [{ name: "shop" }],
  services: [{ name: "api", namespace: "shop", image: digest, minReplicas: 3 }],
  backup: { target: { bucket: "backups" }, retentionDays: 30, rpo: "1h" },
  postgres: { ...place, images, instances: 3 },
  ...more,
});
const observability = {
  images: Object.fromEntries(
    ["prometheus", "alertmanager", "collector", "jaeger", "loki", "alloy", "grafana", "blackbox"].map(one => [
      one,
      digest,
    ]),
  ),
  tracing: { storage: { kind: "memory" } },
  logs: { bucket: "logs", region: "eu-central-1" },
};

describe("a stack with all that stands around it", () => {
  let dir: string;
  beforeEach(() => {
    dir = temporary();
    const config = Object.fromEntries(
      Object.entries(stack("staging")).map(([key, value]) => [`greenlight:${key}`, value]),
    );
    fs.writeFileSync(path.join(dir, "Pulumi.staging.yaml"), stringify({ config }));
  });
  afterEach(() => fs.rmSync(dir, { recursive: true }));

  const said = (raw: Record<string, unknown>, name = "production"): string[] => {
    try {
      complete(raw, name, dir, "greenlight");
    } catch (error) {
      assert.ok(error instanceof UserError, String(error));
      return error.message.split("\n");
    }
    return [];
  };

  it("is accepted when production is as strong as staging", () => assert.deepEqual(said(stack("production")), []));

  it("lists everything in which production is weaker than staging", () => {
    const weak = stack("production", {
      services: [{ name: "api", namespace: "shop", image: digest, minReplicas: 1 }],
      backup: { target: { bucket: "backups" }, retentionDays: 7, rpo: "2h" },
    });
    const fix = "Production may not be weaker than what it was tried on.";
    assert.deepEqual(said(weak), [
      `stacks/Pulumi.production.yaml: greenlight:backup.retentionDays is 7; need at least 30, as staging has. ${fix}`,
      `stacks/Pulumi.production.yaml: greenlight:backup.rpo is 2h; need at most 1h, as staging has. ${fix}`,
      `stacks/Pulumi.production.yaml: greenlight:services[0].minReplicas is 1; need at least 3, as staging has. ${fix}`,
    ]);
    const { postgres: _gone, ...without } = stack("production");
    assert.deepEqual(said(without), [
      `stacks/Pulumi.production.yaml: greenlight:postgres is missing; need it, as staging has. ${fix}`,
    ]);
  });

  it("compares nothing where there is no staging", () => assert.deepEqual(said(stack("production"), "europe"), []));

  it("needs a rota where something watches", () => {
    assert.match(
      said(stack("staging", { observability }), "staging").join(),
      /stacks\/staging\/oncall\.yaml is missing; need who is on call/,
    );
    fs.mkdirSync(path.join(dir, "staging"));
    fs.writeFileSync(path.join(dir, "staging", "oncall.yaml"), "rota: {people: [{name: Ada, contact: a}], days: 7}\n");
    assert.deepEqual(
      said(stack("staging", { observability }), "staging").map(line => line.split(";")[0]),
      [
        "stacks/staging/oncall.yaml: rota.people is a list of 1",
        "stacks/staging/oncall.yaml: rota.since is missing",
        "stacks/staging/oncall.yaml: escalation is missing",
        "stacks/staging/oncall.yaml: alerts is missing",
        "stacks/staging/oncall.yaml: channels is missing",
      ],
    );
  });

  const conflicts: [string, object, string][] = [
    [
      "an even number of voters",
      { redis: { ...place, images: { server: digest, exporter: digest, aws: digest }, replicas: 4 } },
      "greenlight:redis.replicas is 4; need an odd number of at least 3: an even number cannot outvote itself",
    ],
    [
      "five servers over three zones",
      { objectStore: { ...place, images: { server: digest, client: digest }, buckets: ["b"], servers: 5 } },
      "greenlight:objectStore.servers is 5; need three zones of at most 4 drives each and 12 in all, such as 6 of 2",
    ],
    [
      "two instances",
      { postgres: { ...place, images, instances: 2 } },
      "greenlight:postgres.instances is 2; need at least 3: with 2 a lost one stops every commit.",
    ],
    [
      "two places for objects",
      {
        objectStore: { name: "o", namespace: "shop", images: { server: digest, client: digest }, buckets: ["b"] },
        s3: { region: "eu-central-1", buckets: ["bbb"] },
      },
      "greenlight:s3 is given beside greenlight:objectStore; need one of the two.",
    ],
    [
      "a service outside without a door",
      { services: [{ name: "api", namespace: "shop", image: digest, expose: { host: "api.example.com" } }] },
      'greenlight:services[0].expose.host is "api.example.com"; need a greenlight:gateway that serves it.',
    ],
    [
      "a name the door does not serve",
      {
        certificates: {},
        gateway: { images: { proxy: digest }, hosts: ["www.example.com"] },
        services: [{ name: "api", namespace: "shop", image: digest, expose: { host: "api.example.com" } }],
      },
      "need one of the gateway's hosts www.example.com.",
    ],
    [
      "public certificates from nobody",
      { certificates: {}, gateway: { images: { proxy: digest }, hosts: ["a.example.com"], issuer: "public" } },
      'greenlight:gateway.issuer is "public"; need greenlight:certificates.acme, which says whom to ask.',
    ],
    [
      "a secret out of no store",
      { services: [{ name: "api", namespace: "shop", image: digest, secrets: { KEY: { name: "ai", key: "k" } } }] },
      "greenlight:secrets is missing, and api wants KEY out of it; need the store that secrets come from.",
    ],
    [
      "an operator's own namespace",
      { operators: ["postgres"], namespaces: [{ name: "shop" }, { name: "cnpg-system" }] },
      'greenlight:namespaces[1].name is "cnpg-system", made with the operator postgres; need a name of your own.',
    ],
  ];
  for (const [what, more, says] of conflicts)
    it(`refuses ${what}`, () => {
      const lines = said(stack("staging", more), "staging");
      assert.ok(
        lines.some(line => line.includes(says)),
        lines.join("\n") || "nothing was refused",
      );
    });
});
