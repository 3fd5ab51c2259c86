import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", {
  metadata: { name: "api", namespace: "shop" },
  subjects: [{ kind: "Group", name: "on-call" }],
});

export const noRightsForEverybody = demandRule({
  id: "GL-RBAC-03",
  slug: "no-rights-for-everybody",
  title: "No right is given to everybody who can reach the API server.",
  why: "Anonymous and authenticated are groups that strangers are in; masters is one that nothing can stop.",
  fix: "Bind the role to a group of people, or to one service account.",
  severity: "critical",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["CIS:5.1.7", "NIST:AC-6"],
  inspects: "binding",
  showable: ["name"],
  demand: {
    kinds: ["rbac.authorization.k8s.io/RoleBinding", "rbac.authorization.k8s.io/ClusterRoleBinding"],
    clauses: [
      {
        of: "object",
        path: "subjects[].name",
        want: { noneOf: ["system:anonymous", "system:unauthenticated", "system:authenticated", "system:masters"] },
        needed: "somebody in particular",
      },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["RoleBinding", "subjects"],
      {
        met: [undefined],
        notMet: [
          [
            [{ kind: "Group", name: "system:unauthenticated" }],
            'subjects[0].name is "system:unauthenticated"; need somebody in particular',
          ],
        ],
        unverifiable: [notKnown.array],
      },
      given,
    ),
    noneOfIt,
  ],
});
