import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import * as admissionregistration from "@pulumi/kubernetes/admissionregistration/v1";
import type { AdmissionPolicy } from "../../model/admission";
import { childOf } from "../component";

/** The API server's own refusal of what the review would refuse, so that kubectl cannot do what Pulumi may not. */
export interface AdmissionArgs {
  system: string;
  policies: readonly AdmissionPolicy[];
  /** Namespaces of operators; they answer for what they are and make, but for pod security. */
  operators: string[];
}

/** Policies and their bindings as plain data. They hold in the namespaces that this program made, and nowhere else. */
export function admissionSpec({ system, policies, operators }: AdmissionArgs) {
  const labels = { "app.kubernetes.io/part-of": system, "app.kubernetes.io/managed-by": "greenlight" };
  const trusted = ["kube-system", ...operators].join("|");
  // Charts bring operators as their makers wrote them; the gate judges them where they are rendered, and people decide.
  const elsewhere =
    operators.length > 0
      ? { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: [...operators] }] }
      : {};
  return policies.map(({ name, forAll, resourceRules, variables, validations }) => {
    const metadata = { name: `${system}-${name}`, labels };
    return {
      name,
      policy: {
        metadata,
        spec: {
          // An expression that cannot be answered is no yes.
          failurePolicy: "Fail",
          matchConstraints: { resourceRules },
          ...(forAll
            ? {}
            : {
                matchConditions: [
                  {
                    name: "not-an-operator",
                    expression: `!request.userInfo.username.matches("^system:(kube-controller-manager$|serviceaccount:(${trusted}):)")`,
                  },
                ],
              }),
          variables,
          validations: validations.map(one => ({ ...one, reason: "Forbidden" })),
        },
      },
      binding: {
        metadata,
        spec: {
          policyName: metadata.name,
          validationActions: ["Deny", "Audit"],
          matchResources: { namespaceSelector: { matchLabels: labels, ...(forAll ? {} : elsewhere) } },
        },
      },
    };
  });
}

export class Admission extends ComponentResource {
  constructor(name: string, args: AdmissionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:security:Admission", name, args, opts);
    for (const one of admissionSpec(args)) {
      const policy = new admissionregistration.ValidatingAdmissionPolicy(
        `${name}-${one.name}`,
        one.policy,
        childOf(this),
      );
      new admissionregistration.ValidatingAdmissionPolicyBinding(`${name}-${one.name}`, one.binding, {
        ...childOf(this),
        dependsOn: [policy],
      });
    }
    this.registerOutputs({});
  }
}
