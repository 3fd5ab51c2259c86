import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {
  policyArn: "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
});

export const noAdminAttached = demandRule({
  id: "GL-AWS-29",
  slug: "no-admin-attached",
  title: "Nobody is given all rights of the account.",
  why: "One leaked session is then the whole account, backups included.",
  fix: "Attach a policy with the rights that are needed.",
  severity: "critical",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["AWS:1.16", "NIST:AC-6", "CKV_AWS_274"],
  inspects: "attachment",
  showable: ["policyArn"],
  demand: {
    types: [
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      "aws:iam/userPolicyAttachment:UserPolicyAttachment",
      "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
      "aws:iam/policyAttachment:PolicyAttachment",
    ],
    clauses: [
      {
        of: "object",
        path: "policyArn",
        want: {
          noneOf: [
            "arn:aws:iam::aws:policy/AdministratorAccess",
            "arn:aws:iam::aws:policy/PowerUserAccess",
            "arn:aws:iam::aws:policy/IAMFullAccess",
          ],
        },
        needed: "a policy of fewer rights",
      },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["RolePolicyAttachment", "policyArn"],
      {
        met: ["arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"],
        notMet: [
          [
            "arn:aws:iam::aws:policy/AdministratorAccess",
            'policyArn is "arn:aws:iam::aws:policy/AdministratorAccess"; need a policy of fewer rights',
          ],
        ],
        unverifiable: [notKnown.string],
      },
      given,
    ),
    noneOfIt,
  ],
});
