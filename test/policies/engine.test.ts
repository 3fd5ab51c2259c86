import assert from "node:assert/strict";
import { unknownCheckingProxy } from "@pulumi/policy";
import { UNKNOWN, unknownSentinels } from "../../model/unknown";
import { containers, selects } from "../../policies/engine/kubernetes";
import { judge, shown } from "../../policies/engine/judge";
import { reading, UnknownRead } from "../../policies/engine/reading";
import { normalise, toResources } from "../../policies/engine/resource";
import type { AnyRule } from "../../policies/engine/rule";
import { at, system } from "../../policies/engine/example";
import { rules } from "../../policies/rules/catalogue";
import { asResources, judgeAll } from "../support/resources";

const rule = (id: string): AnyRule => rules.find(one => one.id === id)!;

describe("normalising properties", () => {
  it("reads through the SDK's throwing proxy and marks what is unknown", () => {
    const props = unknownCheckingProxy({ a: unknownSentinels.string, b: [1, unknownSentinels.number], c: { d: true } });
    const { a, b, c } = normalise(props) as Record<string, object>;
    assert.deepEqual({ a, b, c: { ...c } }, { a: UNKNOWN, b: [1, UNKNOWN], c: { d: true } });
  });

  it("gives objects nothing that was not written down", () => {
    const tree = normalise({ labels: {} }) as { labels: Record<string, unknown> };
    for (const name of ["constructor", "toString", "__proto__"]) assert.equal(tree.labels[name], undefined, name);
  });

  it("keeps a key called __proto__ a key", () => {
    const tree = normalise(JSON.parse('{"__proto__":{"polluted":true}}')) as object;
    assert.deepEqual(Object.keys(tree), ["__proto__"]);
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });

  it("refuses properties nested without end", () => {
    let deep: object = {};
    for (let i = 0; i < 100; i++) deep = { deep };
    assert.throws(() => normalise(deep), /nested deeper than 64/);
  });

  it("judges each item of a list as an object of its own, and an unknown list as one that cannot be seen", () => {
    const items = [{ metadata: { name: "a" } }, { metadata: { name: "b" } }];
    assert.deepEqual(
      toResources("urn", "kubernetes:core/v1:PodList", { items }).map(({ urn, kind }) => [urn, kind]),
      [
        ["urn[0]", "Pod"],
        ["urn[1]", "Pod"],
      ],
    );
    const unseen = toResources("urn", "kubernetes:apps/v1:DeploymentList", { items: unknownSentinels.array });
    assert.equal(judge(rule("GL-POD-01"), unseen[0]!, "production")!.state, "unverifiable");
  });
});

describe("what a resource is", () => {
  const privileged = { spec: { containers: [{ name: "x", securityContext: { privileged: true } }] } };
  const judged = (type: string, props: object) =>
    judge(rule("GL-POD-07"), toResources("urn", type, props)[0]!, "production")?.state;

  it("is told by the SDK's type and by that of a CustomResource", () => {
    assert.equal(judged("kubernetes:core/v1:Pod", privileged), "not met");
    assert.equal(judged("kubernetes:v1:Pod", { apiVersion: "v1", kind: "Pod", ...privileged }), "not met");
  });

  it("is what the object says of itself, whatever it is registered as", () => {
    const pod = { apiVersion: "v1", kind: "Pod", ...privileged };
    assert.equal(judged("kubernetes:example.com/v1:Harmless", pod), "not met");
    const [list] = toResources("urn", "kubernetes:example.com/v1:Harmless", {
      apiVersion: "v1",
      kind: "PodList",
      items: [pod],
    });
    assert.equal(judge(rule("GL-POD-07"), list!, "production")!.state, "not met");
  });

  it("stays a patch where it is one", () =>
    assert.equal(
      toResources("urn", "kubernetes:apps/v1:DeploymentPatch", { apiVersion: "apps/v1", kind: "Deployment" })[0]!.kind,
      "DeploymentPatch",
    ));
});

describe("reading a tree", () => {
  it("throws with the path where a value is not known, and gives undefined where there is none", () => {
    const view = reading<{ a: { b: unknown[]; "x/y"?: unknown } }>({ a: { b: [1, UNKNOWN], "x/y": UNKNOWN } }, "spec");
    assert.throws(
      () => view.a.b[1],
      (error: unknown) => error instanceof UnknownRead && error.path === "spec.a.b[1]",
    );
    assert.throws(
      () => view.a["x/y"],
      (error: unknown) => error instanceof UnknownRead && error.path === 'spec.a."x/y"',
    );
    assert.equal((view as { c?: unknown }).c, undefined);
  });

  it("gives no inherited members", () => {
    assert.equal((reading({}, "") as { constructor?: unknown }).constructor, undefined);
  });
});

describe("judging", () => {
  it("lets one unknown container hide no other", () => {
    const given = system(
      ["Deployment", `${at.pod}.initContainers`, [{ name: "x", image: unknownSentinels.string }]],
      ["Deployment", `${at.container}.image`, "a:latest"],
    );
    const [result] = judgeAll(rule("GL-IMG-01"), given);
    assert.deepEqual(result!.findings.map(finding => finding.state).sort(), ["not met", "unverifiable"]);
    assert.equal(result!.state, "not met");
    assert.equal(result!.inspected, 2);
  });

  it("looks at init and ephemeral containers", () => {
    const given = system(
      ["Deployment", `${at.pod}.initContainers`, [{ name: "i" }]],
      ["Deployment", `${at.pod}.ephemeralContainers`, [{ name: "e" }]],
    );
    const deployment = asResources(given).find(one => one.kind === "Deployment")!;
    assert.deepEqual(
      containers(deployment).map(one => one.path.split(".").pop()),
      ["containers[0]", "initContainers[0]", "ephemeralContainers[0]"],
    );
  });

  it("counts a rule that crashes as unverifiable, never as a pass", () => {
    const broken = {
      ...rule("GL-POD-01"),
      check: () => {
        throw new TypeError("boom");
      },
    } as unknown as AnyRule;
    const [result] = judgeAll(broken, system());
    assert.equal(result!.state, "unverifiable");
    assert.match(result!.findings[0]!.message, /of a shape the rule cannot read \(TypeError\).*\[GL-POD-01\]$/);
  });

  it("counts subjects that crash as unverifiable", () => {
    const broken = {
      ...rule("GL-POD-01"),
      subjects: () => {
        throw new Error("boom");
      },
    } as unknown as AnyRule;
    assert.equal(judgeAll(broken, system())[0]!.state, "unverifiable");
  });

  it("cannot see into a chart that the engine renders as one opaque resource", () => {
    const chart = [
      {
        type: "kubernetes:helm.sh/v3:Release",
        name: "db",
        props: { chart: "postgres", metadata: { name: "db", namespace: "shop" } },
      },
    ];
    for (const id of ["GL-POD-01", "GL-POD-06", "GL-IMG-01", "GL-SEC-01"])
      assert.equal(judgeAll(rule(id), chart)[0]!.state, "unverifiable", id);
  });

  it("sees a workload in any custom resource that embeds a pod template", () => {
    const given = [
      {
        type: "kubernetes:example.com/v1:Robot",
        name: "r",
        props: {
          metadata: { name: "r", namespace: "shop" },
          spec: { template: { spec: { containers: [{ name: "x", image: "x" }] } } },
        },
      },
    ];
    assert.equal(judgeAll(rule("GL-IMG-01"), given)[0]!.state, "not met");
  });

  it("prints no text but what the rule allows, and that without control characters", () => {
    assert.equal(shown("hunter2", "env[0].value", ["image"]), "a text of 7 characters");
    assert.equal(shown("a\u001b[31mb\nc", "spec.image", ["image"]), '"a?[31mb?c"');
    assert.equal(shown("x".repeat(500), "image", ["image"]).length, 163);
    const secret = "s3cr3t-V4lue-never-shown";
    const given = system(
      ["Deployment", `${at.container}.env`, [{ name: "API_TOKEN", value: secret }]],
      [
        "Deployment",
        `${at.container}.securityContext`,
        { runAsNonRoot: secret, capabilities: { drop: [secret] }, seccompProfile: secret },
      ],
    );
    const text = JSON.stringify(rules.flatMap(one => judgeAll(one, given)));
    assert.ok(text.includes("GL-SEC-01") && !text.includes(secret));
  });
});

describe("label selectors", () => {
  const labels = { app: "web", tier: "front" };
  const cases: [string, Parameters<typeof selects>[0], boolean][] = [
    ["absent picks nothing", undefined, false],
    ["empty picks everything", {}, true],
    ["all labels", { matchLabels: { app: "web" } }, true],
    ["one label off", { matchLabels: { app: "web", tier: "back" } }, false],
    ["In", { matchExpressions: [{ key: "app", operator: "In", values: ["web", "api"] }] }, true],
    ["NotIn", { matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] }, false],
    ["NotIn, label absent", { matchExpressions: [{ key: "zone", operator: "NotIn", values: ["a"] }] }, true],
    ["Exists", { matchExpressions: [{ key: "tier", operator: "Exists" }] }, true],
    ["DoesNotExist", { matchExpressions: [{ key: "tier", operator: "DoesNotExist" }] }, false],
    ["an operator nobody knows", { matchExpressions: [{ key: "tier", operator: "Like" }] }, false],
  ];
  for (const [name, selector, wanted] of cases) it(name, () => assert.equal(selects(selector, labels), wanted));
});

describe("replicas by tier", () => {
  for (const [tier, count, state] of [
    ["local", 2, "met"],
    ["local", 1, "not met"],
    ["staging", 2, "met"],
    ["production", 2, "not met"],
    ["production", 3, "met"],
  ] as const)
    it(`${count} pods in ${tier}: ${state}`, () =>
      assert.equal(judgeAll(rule("GL-HA-02"), system(["Deployment", "spec.replicas", count]), tier)[0]!.state, state));
});

describe("the tier a workload asks for", () => {
  const few = (label: unknown) =>
    judgeAll(
      rule("GL-HA-02"),
      system(["Deployment", "spec.replicas", 2], ["Deployment", "metadata.labels", { "greenlight.dev/tier": label }]),
      "staging",
    );

  it("raises what the stack's tier asks of it, and says so", () => {
    const [result] = few("production");
    assert.equal(result!.state, "not met");
    assert.match(result!.findings[0]!.message, /as its label greenlight.dev\/tier asks for tier production/);
    assert.equal(judgeAll(rule("GL-HA-02"), system(["Deployment", "spec.replicas", 2]), "staging")[0]!.state, "met");
  });

  it("never lowers it, and asks the most where nobody can read it", () => {
    for (const lower of ["local", "staging"]) assert.equal(few(lower)[0]!.state, "met", lower);
    for (const odd of ["Production", 7, { a: 1 }]) assert.equal(few(odd)[0]!.state, "not met", JSON.stringify(odd));
    assert.equal(
      judgeAll(
        rule("GL-HA-02"),
        system(
          ["Deployment", "spec.replicas", 1],
          ["Deployment", "metadata.labels", { "greenlight.dev/tier": "local" }],
        ),
        "production",
      )[0]!.state,
      "not met",
    );
  });
});
