import assert from "node:assert/strict";
import { admissionSpec } from "../../components/security/admission";
import { letOff } from "../../components/security/let-off";
import type { Waiver } from "../../model/waiver";
import type { AdmissionPolicy } from "../../model/admission";
import { admissionPolicies, isAdmissible } from "../../policies/engine/admission";
import { rules } from "../../policies/rules/catalogue";

const policy = (forAll: boolean): AdmissionPolicy => ({
  name: forAll ? "pod-security" : "pods",
  forAll,
  resourceRules: [],
  variables: [],
  validations: [{ rule: "GL-POD-01", expression: "true", message: "Fine. [GL-POD-01]" }],
});

describe("Admission", () => {
  const args = { system: "shop", operators: ["cnpg-system", "monitoring"] };

  it("refuses in the system's own namespaces, and what cannot be answered too", () => {
    const [one] = admissionSpec({ ...args, policies: [policy(true)] });
    assert.equal(one!.policy.spec.failurePolicy, "Fail");
    assert.deepEqual(one!.binding.spec.validationActions, ["Deny", "Audit"]);
    assert.deepEqual(one!.binding.spec.matchResources.namespaceSelector.matchLabels, {
      "app.kubernetes.io/part-of": "shop",
      "app.kubernetes.io/managed-by": "greenlight",
    });
    assert.equal(one!.binding.spec.policyName, one!.policy.metadata.name);
  });

  it("lets operators through, but not past pod security", () => {
    const [security, others] = admissionSpec({ ...args, policies: [policy(true), policy(false)] });
    assert.equal("matchConditions" in security!.policy.spec, false);
    assert.equal("matchExpressions" in security!.binding.spec.matchResources.namespaceSelector, false);
    assert.deepEqual(others!.binding.spec.matchResources.namespaceSelector, {
      matchLabels: { "app.kubernetes.io/part-of": "shop", "app.kubernetes.io/managed-by": "greenlight" },
      matchExpressions: [
        { key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["cnpg-system", "monitoring"] },
      ],
    });
    assert.deepEqual(others!.policy.spec.matchConditions, [
      {
        name: "not-an-operator",
        expression:
          '!request.userInfo.username.matches("^system:(kube-controller-manager$|serviceaccount:(kube-system|cnpg-system|monitoring):)")',
      },
    ]);
  });
});

describe("what an exception lets off", () => {
  const waiver = (resource: string): Waiver => ({
    ...{ rule: "GL-POD-01", resource, category: "accepted risk", reason: "It has to for now." },
    ...{ owner: "ada", approver: "grace", created: "2026-11-01", expires: "2026-11-15" },
  });
  const off = (resource: string, rule = "GL-POD-01") => letOff(rule, [waiver(resource)], "ASKS");

  it("is the object that is named, in the request's namespace", () => {
    assert.match(off("DaemonSet shop/agent")!, /^\(request\.namespace == "shop" && \(object\.kind == "DaemonSet"/);
    assert.match(off("Pod tool")!, /^\(request\.namespace == "default" && /);
  });

  it("is what the cluster makes of it, where the cluster asks", () => {
    assert.match(
      off("Deployment shop/api.v1")!,
      /ASKS && .*o\.kind == "ReplicaSet" && o\.name\.matches\("\^api\\\\\.v1-/,
    );
    assert.match(off("CronJob shop/dump")!, /o\.kind == "Job" && o\.name\.matches\("\^dump-\[0-9\]\+\$"\)/);
  });

  it("is nothing of another rule, of no object, or of a name that is none", () => {
    assert.equal(off("DaemonSet shop/agent", "GL-POD-02"), undefined);
    for (const none of ["aws:s3/bucket:Bucket logs", 'Pod shop/a" || true || "', "Pod shop/", "pods shop/a"])
      assert.equal(off(none), undefined, none);
  });

  it("changes the expression of its rule alone", () => {
    const two = policy(true);
    two.validations.push({ rule: "GL-POD-02", expression: "false", message: "Not fine. [GL-POD-02]" });
    const args = { system: "shop", operators: [], policies: [two] };
    const [plain] = admissionSpec(args);
    const [excepted] = admissionSpec({ ...args, waivers: [waiver("DaemonSet shop/agent")] });
    assert.deepEqual(excepted!.policy.spec.validations[1], plain!.policy.spec.validations[1]);
    assert.match(excepted!.policy.spec.validations[0]!.expression, / \|\| \(true\)$/);
    assert.deepEqual(excepted!.binding, plain!.binding);
  });
});

describe("what the build writes for the API server", () => {
  const policies = admissionPolicies(rules);
  const messages = policies.flatMap(one => one.validations.map(each => each.message));

  it("holds every rule that a demand says whole, once, under its id", () => {
    const wanted = rules.filter(isAdmissible).map(rule => rule.id);
    const held = messages.map(message => /\[(GL-[A-Z]+-\d\d)\]$/.exec(message)![1]!);
    assert.deepEqual([...held].sort(), [...wanted].sort());
    assert.ok(wanted.length > 20, String(wanted.length));
  });

  it("asks of pod security whoever makes the pod", () => {
    const security = policies.filter(one => one.forAll);
    assert.deepEqual(
      security.map(one => one.name),
      ["pod-security"],
    );
    const groups = ["pss-baseline", "pss-restricted"];
    const inGroup = rules.filter(rule => rule.groups?.some(group => groups.includes(group)));
    assert.equal(security[0]!.validations.length, inGroup.length);
  });
});
