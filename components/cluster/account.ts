import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import * as budgets from "@pulumi/aws/budgets";
import * as cloudtrail from "@pulumi/aws/cloudtrail";
import * as ebs from "@pulumi/aws/ebs";
import * as secretsmanager from "@pulumi/aws/secretsmanager";
import { childOf, refuse } from "../component";
import type { Place } from "./names";
import { bucketArn, prefixOf, secretPath, tagsOf } from "./names";
import type { Statement } from "./policy-document";

/** What is watched and kept for the account as a whole: who did what, what it costs, where secrets lie. */
export interface AccountArgs {
  place: Place;
  /** Bucket of the trail. */
  auditBucket: string;
  /** Names of secrets below the environment's path; their values are put there by people or rotation, never by this program. */
  secrets: string[];
  budget: {
    /** US dollars a month. */
    monthlyUsd: number;
    /** Mailbox that is told at 80 % spent, and at 100 % foreseen. */
    notify: string;
  };
}

const trailName = (place: Place): string => `${prefixOf(place)}-trail`;

/** What CloudTrail needs of the bucket it writes to. Source: docs.aws.amazon.com/awscloudtrail, "Bucket policy". */
export function trailStatements(place: Place, bucket: string): Statement[] {
  const condition = {
    StringEquals: {
      "aws:SourceArn": `arn:aws:cloudtrail:${place.region}:${place.account}:trail/${trailName(place)}`,
    },
  };
  const principal = { services: ["cloudtrail.amazonaws.com"] };
  return [
    { sid: "TrailLooks", principal, actions: ["s3:GetBucketAcl"], resources: [bucketArn(bucket)], condition },
    {
      sid: "TrailWrites",
      principal,
      actions: ["s3:PutObject"],
      resources: [`${bucketArn(bucket)}/AWSLogs/${place.account}/*`],
      condition: {
        StringEquals: { ...condition.StringEquals, "s3:x-amz-acl": "bucket-owner-full-control" },
      },
    },
  ];
}

/** Trail, budget and secrets as plain data. */
export function accountSpec({ place, auditBucket, secrets, budget }: AccountArgs) {
  refuse(
    "the account",
    budget.monthlyUsd > 0
      ? []
      : [
          {
            propertyPath: "budget.monthlyUsd",
            reason: `budget.monthlyUsd is ${budget.monthlyUsd}; need an amount above zero`,
          },
        ],
  );
  const told = (notificationType: string, threshold: number) => ({
    comparisonOperator: "GREATER_THAN",
    notificationType,
    threshold,
    thresholdType: "PERCENTAGE",
    subscriberEmailAddresses: [budget.notify],
  });
  return {
    trail: {
      name: trailName(place),
      s3BucketName: auditBucket,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      enableLogging: true,
      tags: tagsOf(place),
    },
    budget: {
      name: `${prefixOf(place)}-monthly`,
      budgetType: "COST",
      timeUnit: "MONTHLY",
      limitAmount: String(budget.monthlyUsd),
      limitUnit: "USD",
      costFilters: [{ name: "TagKeyValue", values: [`user:environment$${place.environment}`] }],
      notifications: [told("ACTUAL", 80), told("FORECASTED", 100)],
      tags: tagsOf(place),
    },
    secrets: secrets.map(name => ({
      name: `${secretPath(place)}/${name}`,
      description: `${name} of ${prefixOf(place)}`,
      recoveryWindowInDays: 30,
      tags: tagsOf(place),
    })),
  };
}

export class Account extends ComponentResource {
  constructor(
    name: string,
    args: AccountArgs,
    given: { logKey: pulumi.Input<string>; secretKey: pulumi.Input<string>; bucket: pulumi.Resource },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("greenlight:cluster:Account", name, {}, opts);
    const spec = accountSpec(args);
    const own = childOf(this);
    new cloudtrail.Trail(
      name,
      { ...spec.trail, kmsKeyId: given.logKey },
      { ...own, protect: true, dependsOn: [given.bucket] },
    );
    new budgets.Budget(name, spec.budget, own);
    // Volumes that somebody makes by hand are encrypted too.
    new ebs.EncryptionByDefault(name, { enabled: true }, own);
    for (const one of spec.secrets)
      new secretsmanager.Secret(
        one.name,
        { ...one, kmsKeyId: given.secretKey },
        { ...own, protect: true, retainOnDelete: true },
      );
    this.registerOutputs({});
  }
}
