import { demandRule } from "../../engine/demand";
import { alone, noneOfIt, notKnown, valuesAt } from "../../engine/example";

const given = alone("aws:backup/vault:Vault", { kmsKeyArn: "arn:aws:kms:eu-central-1:111122223333:key/k" });

export const vaultEncrypted = demandRule({
  id: "GL-AWS-24",
  slug: "vault-encrypted",
  title: "Backup vaults are encrypted with a key of ours and refuse to be emptied.",
  why: "Whoever can delete the backups with the data has one step less to take.",
  fix: "Set kmsKeyArn; leave forceDestroy off.",
  severity: "high",
  requirements: ["S-130"],
  items: ["A.3.3", "F.6"],
  mappings: ["NIST:CP-9", "NIST:SC-28", "CKV_AWS_166"],
  inspects: "vault",

  demand: {
    types: ["aws:backup/vault:Vault"],
    clauses: [
      { of: "object", path: "kmsKeyArn", want: { present: true }, needed: "a key of ours" },
      { of: "object", path: "forceDestroy", want: { oneOf: [false] }, needed: "false" },
    ],
  },
  examples: () => [
    { name: "as it should be", given, want: "met" },
    ...valuesAt(
      ["Vault", "kmsKeyArn"],
      { met: [notKnown.string], notMet: [[undefined, "kmsKeyArn is missing"]] },
      given,
    ),
    ...valuesAt(
      ["Vault", "forceDestroy"],
      { met: [undefined], notMet: [[true, "forceDestroy is true; need false"]], unverifiable: [notKnown.boolean] },
      given,
    ),
    noneOfIt,
  ],
});
