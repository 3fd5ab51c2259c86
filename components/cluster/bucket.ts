import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import * as iam from "@pulumi/aws/iam";
import * as s3 from "@pulumi/aws/s3";
import { childOf, refuse } from "../component";
import type { KeyPurpose, Place } from "./names";
import { aliasArn, bucketArn, prefixOf, roleArn, tagsOf } from "./names";
import type { Statement } from "./policy-document";
import { policyDocument, tlsOnly, trustDocument } from "./policy-document";

/** A bucket nobody can empty: versions of everything, locked for a time, encrypted, closed to the public. */
export interface BucketArgs {
  place: Place;
  /** Name of the bucket; there is one of a name in the world. */
  bucket: string;
  /** Region, where it is not the environment's. */
  region?: string;
  /** What the objects are; chooses the key. */
  purpose: KeyPurpose;
  /** Days nobody can delete or overwrite an object, root of the account included; 0 for none. */
  lockDays: number;
  /** Days after which a version that was replaced or deleted goes, and current ones too where `expires`. */
  keepDays: number;
  expires?: boolean;
  /** Bucket that keeps the record of who read what. */
  logTo?: string;
  /** A second bucket in another region that gets a copy of every object. */
  replica?: { bucket: string; region: string };
  /** Statements besides the one that refuses what is not encrypted on the way. */
  statements?: Statement[];
  /** How objects are encrypted; logs of S3 itself can only be written with S3's own key. @default "aws:kms" */
  encryption?: "aws:kms" | "AES256";
}

/** A bucket and all that stands around it, as plain data. Source: docs.aws.amazon.com/AmazonS3, "Object Lock". */
export function bucketSpec(args: BucketArgs) {
  const { place, bucket, purpose, lockDays, keepDays } = args;
  refuseBad(args);
  const region = args.region ?? place.region;
  const of = { bucket, region };
  const encryption = args.encryption ?? "aws:kms";
  return {
    bucket: { ...of, objectLockEnabled: lockDays > 0, forceDestroy: false, tags: tagsOf(place, bucket) },
    publicAccess: {
      ...of,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    ownership: { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } },
    versioning: { ...of, versioningConfiguration: { status: "Enabled" } },
    encryption: {
      ...of,
      rules: [
        {
          applyServerSideEncryptionByDefault: {
            sseAlgorithm: encryption,
            ...(encryption === "aws:kms" ? { kmsMasterKeyId: aliasArn(place, purpose, region) } : {}),
          },
          bucketKeyEnabled: encryption === "aws:kms",
        },
      ],
    },
    lock:
      lockDays > 0
        ? {
            ...of,
            objectLockEnabled: "Enabled",
            rule: { defaultRetention: { mode: "COMPLIANCE", days: lockDays } },
          }
        : undefined,
    lifecycle: {
      ...of,
      rules: [
        {
          id: "old-versions",
          status: "Enabled",
          filter: {},
          noncurrentVersionExpiration: { noncurrentDays: keepDays },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 3 },
          ...(args.expires ? { expiration: { days: keepDays } } : {}),
        },
      ],
    },
    policy: {
      ...of,
      policy: policyDocument(`bucket ${bucket}`, [tlsOnly(bucketArn(bucket)), ...(args.statements ?? [])]),
    },
    logging: args.logTo ? { ...of, targetBucket: args.logTo, targetPrefix: `${bucket}/` } : undefined,
    replication: args.replica && replicationSpec(args, args.replica),
  };
}

/** Everything a bucket gets is written to a second region, under a key of that region, within a quarter of an hour. */
function replicationSpec({ place, bucket, purpose }: BucketArgs, replica: { bucket: string; region: string }) {
  const role = `${bucket}-replication`;
  const key = (region: string, sid: string, actions: string[]): Statement => ({
    sid,
    actions,
    resources: [`arn:aws:kms:${region}:${place.account}:key/*`],
    condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": `alias/${prefixOf(place)}-${purpose}` } },
  });
  return {
    role: {
      name: `${prefixOf(place)}-${role}`,
      assumeRolePolicy: trustDocument(`role ${role}`, ["s3.amazonaws.com"]),
      tags: tagsOf(place),
    },
    policy: policyDocument(`role ${role}`, [
      {
        sid: "ReadSource",
        actions: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
        resources: [bucketArn(bucket)],
      },
      {
        sid: "ReadVersions",
        actions: [
          "s3:GetObjectVersionForReplication",
          "s3:GetObjectVersionAcl",
          "s3:GetObjectVersionTagging",
          "s3:GetObjectRetention",
          "s3:GetObjectLegalHold",
        ],
        resources: [`${bucketArn(bucket)}/*`],
      },
      {
        sid: "WriteCopy",
        actions: ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"],
        resources: [`${bucketArn(replica.bucket)}/*`],
      },
      key(place.region, "ReadKey", ["kms:Decrypt"]),
      key(replica.region, "WriteKey", ["kms:Encrypt", "kms:GenerateDataKey"]),
    ]),
    config: {
      bucket,
      region: place.region,
      role: roleArn(place, role),
      rules: [
        {
          id: "everything",
          status: "Enabled",
          priority: 1,
          filter: {},
          deleteMarkerReplication: { status: "Enabled" },
          sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
          destination: {
            bucket: bucketArn(replica.bucket),
            encryptionConfiguration: { replicaKmsKeyId: aliasArn(place, purpose, replica.region) },
            metrics: { status: "Enabled", eventThreshold: { minutes: 15 } },
            replicationTime: { status: "Enabled", time: { minutes: 15 } },
          },
        },
      ],
    },
  };
}

function refuseBad({ place, bucket, replica, lockDays, keepDays }: BucketArgs): void {
  const faults: { propertyPath: string; reason: string }[] = [];
  for (const name of [bucket, ...(replica ? [replica.bucket] : [])])
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name))
      faults.push({
        propertyPath: "bucket",
        reason: `bucket is "${name}"; need 3 to 63 small letters, digits, dots and dashes`,
      });
  if (replica?.region === place.region)
    faults.push({
      propertyPath: "replica.region",
      reason: `replica.region is ${replica.region}, the environment's own; need another: a copy beside the original goes with it`,
    });
  if (lockDays > keepDays)
    faults.push({
      propertyPath: "lockDays",
      reason: `lockDays is ${lockDays}; need at most keepDays, ${keepDays}: what is locked cannot be cleared away`,
    });
  refuse(`bucket ${bucket}`, faults);
}

export class Bucket extends ComponentResource {
  readonly bucket: pulumi.Output<string>;

  constructor(name: string, args: BucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:cluster:Bucket", name, {}, opts);
    const spec = bucketSpec(args);
    const own = childOf(this);
    const made = new s3.Bucket(name, spec.bucket, { ...own, protect: true, retainOnDelete: true });
    const after = { ...own, dependsOn: [made] };
    const versioning = new s3.BucketVersioning(name, spec.versioning, after);
    const closed = new s3.BucketPublicAccessBlock(name, spec.publicAccess, after);
    new s3.BucketOwnershipControls(name, spec.ownership, after);
    new s3.BucketServerSideEncryptionConfiguration(name, spec.encryption, after);
    new s3.BucketPolicy(name, spec.policy, { ...own, dependsOn: [made, closed] });
    const versioned = { ...own, dependsOn: [versioning] };
    new s3.BucketLifecycleConfiguration(name, spec.lifecycle, versioned);
    if (spec.lock) new s3.BucketObjectLockConfiguration(name, spec.lock, versioned);
    if (spec.logging) new s3.BucketLogging(name, spec.logging, after);
    if (spec.replication) {
      const role = new iam.Role(`${name}-replication`, spec.replication.role, own);
      const right = new iam.RolePolicy(
        `${name}-replication`,
        { role: role.name, policy: spec.replication.policy },
        own,
      );
      new s3.BucketReplicationConfig(name, spec.replication.config, { ...own, dependsOn: [versioning, right] });
    }
    this.bucket = made.bucket;
    this.registerOutputs({ bucket: this.bucket });
  }
}
