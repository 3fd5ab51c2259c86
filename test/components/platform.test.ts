import assert from "node:assert/strict";
import type { Registered } from "../../cli/in-process/engine";
import type { Weakening } from "../support/program";
import { nameOf, registeredBy, violations, violationsWith } from "../support/program";

/** Defaults of the new parts that protect something, each taken away once. */
const weakenings: Weakening[] = [
  ["a MongoDB of two members", "PerconaServerMongoDB data/documents", "spec.replsets.0.size", 2, "GL-DATA-02"],
  [
    "members on one host",
    "PerconaServerMongoDB data/documents",
    "spec.replsets.0.affinity",
    { antiAffinityTopologyKey: "none" },
    "GL-DATA-03",
  ],
  ["MongoDB without TLS", "PerconaServerMongoDB data/documents", "spec.tls.mode", "allowTLS", "GL-TLS-02"],
  ["an oplog nobody ships", "PerconaServerMongoDB data/documents", "spec.backup.pitr.enabled", false, "GL-BAK-03"],
  ["MongoDB without a backup", "PerconaServerMongoDB data/documents", "spec.backup.tasks", [], "GL-BAK-01"],
  [
    "volumes that go with the set",
    "PerconaServerMongoDB data/documents",
    "metadata.finalizers",
    ["percona.com/delete-psmdb-pvc"],
    "GL-DATA-04",
  ],
  ["a drill of nothing", "CronJob data/documents-restore-drill", "metadata.annotations", {}, "GL-BAK-06"],
  ["a door in clear", "Gateway gateway/edge", "spec.listeners.1.protocol", "HTTP", "GL-TLS-01"],
  ["a redirect that leads inside", "HTTPRoute gateway/to-https", "spec.rules.0.filters", [], "GL-TLS-01"],
  ["a rollout of one pod", "HorizontalPodAutoscaler inulearning/api", "spec.minReplicas", 1, "GL-HA-02"],
  ["a worker scaled to nothing", "ScaledObject inulearning/analyser", "spec.minReplicaCount", 0, "GL-HA-02"],
  ["a worker nobody scrapes", "ServiceMonitor inulearning/analyser", "spec.endpoints", [], "GL-OBS-01"],
  [
    "an alert without its page",
    "PrometheusRule gateway/edge",
    "spec.groups.0.rules.0.annotations.runbook",
    undefined,
    "GL-OBS-03",
  ],
  ["a people's role that may do everything", "Role inulearning/operator", "rules.0.verbs", ["*"], "GL-RBAC-02"],
  [
    "a key in clear",
    "Deployment inulearning/analyser",
    "spec.template.spec.containers.0.env",
    [{ name: "AI_API_KEY", value: "hunter2hunter2" }],
    "GL-SEC-01",
  ],
  [
    "a secret that goes with its entry",
    "ExternalSecret inulearning/ai-api",
    "spec.target.deletionPolicy",
    "Delete",
    "GL-SEC-02",
  ],
  [
    "a collector with a writable root",
    "StatefulSet monitoring/otel-collector",
    "spec.template.spec.containers.0.securityContext.readOnlyRootFilesystem",
    false,
    "GL-POD-04",
  ],
];

describe("the whole platform", function () {
  this.timeout(60_000);
  let platform: Registered[];
  before(async () => {
    platform = await registeredBy("local");
  });

  it("violates no rule at production's measure", () => assert.deepEqual(violations(platform), []));

  for (const [what, resource, place, value, rule] of weakenings)
    it(`${rule} sees ${what}`, () => {
      const found = violationsWith(platform, resource, place, value);
      assert.ok(
        found.some(one => one.startsWith(`${rule} `)),
        found.join("\n") || "nothing was found",
      );
    });

  it("opens every connection on both sides: what a store lets in, its client lets out", () => {
    const policies = platform.filter(one => one.type.endsWith(":NetworkPolicy"));
    const of = (name: string) => JSON.stringify(policies.find(one => nameOf(one) === `NetworkPolicy ${name}`)!.inputs);
    assert.match(of("inulearning/api"), /cnpg.io\/poolerName/);
    assert.match(of("data/postgres-pooler"), /"app.kubernetes.io\/name":"api"/);
    assert.doesNotMatch(of("inulearning/analysis"), /cnpg.io\/poolerName/);
  });
});
