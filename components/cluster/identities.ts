import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import * as eks from "@pulumi/aws/eks";
import * as iam from "@pulumi/aws/iam";
import { childOf, refuse } from "../component";
import type { KeyPurpose, Place } from "./names";
import { bucketArn, prefixOf, roleArn, secretPath, tagsOf } from "./names";
import type { Statement } from "./policy-document";
import { policyDocument, trustDocument } from "./policy-document";

/** What a service account of the cluster may do in the cloud account. */
export type Right = "write backups" | "read secrets" | "answer dns challenges" | "store logs";

export interface Identity {
  /** The service account, as `namespace/name`. */
  account: string;
  may: Right;
}

export interface IdentitiesArgs {
  place: Place;
  /** Name of the cluster. */
  cluster: string;
  identities: Identity[];
  backupBucket: string;
  logBucket: string;
  /** Hosted zones of Route 53 in which challenges may be answered, by id. */
  zones?: string[];
}

const useKey = (place: Place, purpose: KeyPurpose): Statement => ({
  sid: "UseKey",
  actions: ["kms:Decrypt", "kms:GenerateDataKey"],
  resources: [`arn:aws:kms:${place.region}:${place.account}:key/*`],
  condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": `alias/${prefixOf(place)}-${purpose}` } },
});

/** Each right as the statements it is made of; the whole of what any pod may do in the account. */
const rights: Record<Right, (args: IdentitiesArgs) => Statement[]> = {
  "write backups": ({ place, backupBucket }) => [
    { sid: "List", actions: ["s3:ListBucket", "s3:GetBucketLocation"], resources: [bucketArn(backupBucket)] },
    {
      // Deleting leaves a version that the lock keeps: retention of the tools works, and loses nothing.
      sid: "Objects",
      actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
      resources: [`${bucketArn(backupBucket)}/*`],
    },
    useKey(place, "backups"),
  ],
  "read secrets": ({ place }) => [
    {
      sid: "Read",
      actions: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
      resources: [`arn:aws:secretsmanager:${place.region}:${place.account}:secret:${secretPath(place)}/*`],
    },
    useKey(place, "secrets"),
  ],
  "answer dns challenges": ({ zones = [] }) => [
    { sid: "Wait", actions: ["route53:GetChange"], resources: ["arn:aws:route53:::change/*"] },
    {
      sid: "Answer",
      actions: ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"],
      resources: zones.map(zone => `arn:aws:route53:::hostedzone/${zone}`),
      condition: { "ForAllValues:StringEquals": { "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"] } },
    },
  ],
  "store logs": ({ place, logBucket }) => [
    { sid: "List", actions: ["s3:ListBucket"], resources: [bucketArn(logBucket)] },
    {
      sid: "Objects",
      actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      resources: [`${bucketArn(logBucket)}/*`],
    },
    useKey(place, "logs"),
  ],
};

const slugOf = (right: Right): string => right.replace(/ /g, "-");

/** Roles and who has them, as plain data. Source: docs.aws.amazon.com/eks, "EKS Pod Identities". */
export function identitiesSpec(args: IdentitiesArgs) {
  const { place, cluster, identities, zones = [] } = args;
  const faults = identities.flatMap(({ account, may }, index) => [
    ...(/^[a-z0-9-]+\/[a-z0-9-]+$/.test(account)
      ? []
      : [
          {
            propertyPath: `identities[${index}].account`,
            reason: `identities[${index}].account is "${account}"; need a service account as namespace/name`,
          },
        ]),
    ...(may === "answer dns challenges" && zones.length === 0
      ? [
          {
            propertyPath: "zones",
            reason: `zones is empty; need the hosted zones that ${account} may answer in`,
          },
        ]
      : []),
  ]);
  for (const twice of identities.filter(
    (one, index) => identities.findIndex(other => other.account === one.account) < index,
  ))
    faults.push({
      propertyPath: "identities",
      reason: `identities names ${twice.account} twice; need one right an account: give each its own`,
    });
  refuse("the identities", faults);
  const asked = [...new Set(identities.map(one => one.may))];
  return {
    roles: asked.map(right => ({
      right: slugOf(right),
      role: {
        name: `${prefixOf(place)}-${slugOf(right)}`,
        assumeRolePolicy: trustDocument(
          `role ${slugOf(right)}`,
          ["pods.eks.amazonaws.com"],
          ["sts:AssumeRole", "sts:TagSession"],
        ),
        tags: tagsOf(place),
      },
      policy: policyDocument(`role ${slugOf(right)}`, rights[right](args)),
    })),
    associations: identities.map(({ account, may }) => {
      const [namespace, serviceAccount] = account.split("/") as [string, string];
      return {
        right: slugOf(may),
        association: {
          clusterName: cluster,
          namespace,
          serviceAccount,
          roleArn: roleArn(place, slugOf(may)),
          tags: tagsOf(place),
        },
      };
    }),
  };
}

export class Identities extends ComponentResource {
  constructor(name: string, args: IdentitiesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:cluster:Identities", name, {}, opts);
    const spec = identitiesSpec(args);
    const own = childOf(this);
    const roles = new Map(
      spec.roles.map(({ right, role, policy }) => {
        const made = new iam.Role(`${name}-${right}`, role, own);
        return [right, new iam.RolePolicy(`${name}-${right}`, { role: made.name, policy }, own)] as const;
      }),
    );
    for (const { right, association } of spec.associations)
      new eks.PodIdentityAssociation(`${name}-${association.namespace}-${association.serviceAccount}`, association, {
        ...own,
        dependsOn: [roles.get(right)!],
      });
    this.registerOutputs({});
  }
}
