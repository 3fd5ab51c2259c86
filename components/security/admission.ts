import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import * as admissionregistration from "@pulumi/kubernetes/admissionregistration/v1";
import type { AdmissionPolicy } from "../../model/admission";
import type { Waiver } from "../../model/waiver";
import { childOf } from "../component";
import { letOff } from "./let-off";

/** The API server's own refusal of what the review would refuse, so that kubectl cannot do what Pulumi may not. */
export interface AdmissionArgs {
  system: string;
  policies: readonly AdmissionPolicy[];
  /** Namespaces of operators; they answer for what they are and make, but for pod security. */
  operators: string[];
  /**
   * Exceptions of the stack. The server knows no day and no container: it lets off the object until the next update without
   * the exception; the gate before, and the audit every night, go by the place and the day.
   */
  waivers?: readonly Waiver[];
}

/** Policies and their bindings as plain data. They hold in the namespaces that this program made, and nowhere else. */
export function admissionSpec({ system, policies, operators, waivers = [] }: AdmissionArgs) {
  const labels = { "app.kubernetes.io/part-of": system, "app.kubernetes.io/managed-by": "greenlight" };
  const trusted = ["kube-system", ...operators].join("|");
  const controllers = `request.userInfo.username.matches("^system:(kube-controller-manager$|serviceaccount:(${trusted}):)")`;
  // Charts bring operators as their makers wrote them; the gate judges them where they are rendered, and people decide.
  const elsewhere =
    operators.length > 0
      ? { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: [...operators] }] }
      : {};
  return policies.map(({ name, forAll, resourceRules, variables, validations }) => {
    const metadata = { name: `${system}-${name}`, labels };
    const held = new Set(validations.map(({ rule }) => rule));
    // What cannot be said in CEL is not let off, and is not said to be.
    const excepted = waivers.filter(one => held.has(one.rule) && letOff(one.rule, [one], controllers));
    const annotations = { "greenlight.dev/lets-off": excepted.map(waived).join("; ") };
    return {
      name,
      policy: {
        metadata: excepted.length > 0 ? { ...metadata, annotations } : metadata,
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
                    expression: `!${controllers}`,
                  },
                ],
              }),
          variables,
          validations: validations.map(({ rule, expression, message }) => {
            const off = letOff(rule, waivers, controllers);
            return { expression: off ? `${off} || (${expression})` : expression, message, reason: "Forbidden" };
          }),
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

/** An exception in a line, for who looks at the policy in the cluster. */
const waived = ({ rule, resource, expires, approver }: Waiver): string =>
  `${rule} ${resource} until ${expires}, agreed by ${approver}`;

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
