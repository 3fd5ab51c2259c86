import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt } from "../../engine/example";

export const ownServiceAccount = demandRule({
  id: "GL-RBAC-04",
  slug: "own-service-account",
  title: "Every pod runs under a service account of its own.",
  why: "Rights given to the default account are given to every pod of the namespace, the one of tomorrow too.",
  fix: "Make a ServiceAccount and set serviceAccountName.",
  severity: "medium",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["CIS:5.1.5", "NIST:AC-6", "CKV_K8S_41"],
  inspects: "pod",
  showable: ["serviceAccountName"],
  demand: {
    clauses: [
      {
        of: "pod",
        path: "serviceAccountName",
        want: { noneOf: ["default", ""] },
        required: true,
        needed: "an account of its own",
      },
    ],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.pod}.serviceAccountName`], {
      met: ["api"],
      notMet: [
        [undefined, "serviceAccountName is missing; need an account of its own"],
        ["default", 'serviceAccountName is "default"'],
      ],
      unverifiable: [notKnown.string],
    }),
  ],
});
