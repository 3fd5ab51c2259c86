import assert from "node:assert/strict";
import { admissionSpec } from "../../components/security/admission";
import type { AdmissionPolicy } from "../../model/admission";
import { admissionPolicies, isAdmissible } from "../../policies/engine/admission";
import { rules } from "../../policies/rules/catalogue";

const policy = (forAll: boolean): AdmissionPolicy => ({
  name: forAll ? "pod-security" : "pods",
  forAll,
  resourceRules: [],
  variables: [],
  validations: [{ expression: "true", message: "Fine. [GL-POD-01]" }],
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
