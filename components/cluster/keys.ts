import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import * as kms from "@pulumi/aws/kms";
import { childOf } from "../component";
import type { KeyPurpose, Place } from "./names";
import { keyAlias, prefixOf, tagsOf } from "./names";
import type { Statement } from "./policy-document";
import { policyDocument } from "./policy-document";

/** Days between "delete this key" and nobody ever reading its data again: the longest AWS offers. */
const regretDays = 30;

/** AWS services that must use a key themselves, by purpose; everybody else needs a right of his own in IAM. */
const serviceUses: Partial<Record<KeyPurpose, (place: Place) => Statement>> = {
  logs: place => ({
    sid: "Logs",
    principal: { services: [`logs.${place.region}.amazonaws.com`, "cloudtrail.amazonaws.com"] },
    actions: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
    resources: ["*"],
    condition: {
      StringEquals: { "aws:SourceAccount": place.account },
    },
  }),
};

const purposes: KeyPurpose[] = ["cluster", "volumes", "backups", "logs", "registry", "secrets"];

/** Every key of an environment as plain data. Source: docs.aws.amazon.com/kms, "Default key policy". */
export function keysSpec(place: Place) {
  return Object.fromEntries(
    purposes.map(purpose => [
      purpose,
      {
        key: {
          description: `${prefixOf(place)}: ${purpose}`,
          enableKeyRotation: true,
          deletionWindowInDays: regretDays,
          tags: tagsOf(place, `${prefixOf(place)}-${purpose}`),
          policy: policyDocument(`key ${purpose}`, [
            {
              // Without it a mistake in the policy locks everybody out for good; with it, IAM decides.
              sid: "AccountDecidesByIam",
              principal: { roles: [`arn:aws:iam::${place.account}:root`] },
              actions: ["kms:*"],
              resources: ["*"],
            },
            ...(serviceUses[purpose] ? [serviceUses[purpose](place)] : []),
          ]),
        },
        alias: { name: keyAlias(place, purpose) },
      },
    ]),
  ) as Record<KeyPurpose, { key: kms.KeyArgs & { policy: string }; alias: { name: string } }>;
}

/** Keys of AWS's key service, one a purpose. */
export class Keys extends ComponentResource {
  /** ARN of each key, known once it exists. */
  readonly arns: Record<KeyPurpose, pulumi.Output<string>>;

  constructor(name: string, place: Place, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:cluster:Keys", name, {}, opts);
    const own = childOf(this);
    const arns = Object.entries(keysSpec(place)).map(([purpose, { key, alias }]) => {
      // What was encrypted with a key is gone with it.
      const made = new kms.Key(`${name}-${purpose}`, key, { ...own, protect: true, retainOnDelete: true });
      new kms.Alias(`${name}-${purpose}`, { ...alias, targetKeyId: made.keyId }, own);
      return [purpose, made.arn] as const;
    });
    this.arns = Object.fromEntries(arns) as typeof this.arns;
    this.registerOutputs({ arns: this.arns });
  }
}

/** The key that a copy in another region is written under; of the same name there. */
export const replicaKeySpec = (place: Place, region: string) => {
  const { key, alias } = keysSpec(place).backups;
  return { key: { ...key, region }, alias: { ...alias, region } };
};

export class ReplicaKey extends ComponentResource {
  constructor(name: string, spec: ReturnType<typeof replicaKeySpec>, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:cluster:ReplicaKey", name, {}, opts);
    const own = childOf(this);
    const made = new kms.Key(name, spec.key, { ...own, protect: true, retainOnDelete: true });
    new kms.Alias(name, { ...spec.alias, targetKeyId: made.keyId }, own);
    this.registerOutputs({});
  }
}
