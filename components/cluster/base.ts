import type * as pulumi from "@pulumi/pulumi";
import type { AccountArgs } from "./account";
import { Account, trailStatements } from "./account";
import { Bucket } from "./bucket";
import type { Identity } from "./identities";
import { Identities } from "./identities";
import { Keys } from "./keys";
import type { KubernetesClusterArgs } from "./kubernetes-cluster";
import { KubernetesCluster } from "./kubernetes-cluster";
import { replicaKeySpec, ReplicaKey } from "./keys";
import type { Place } from "./names";
import { prefixOf } from "./names";
import type { NetworkArgs } from "./network";
import { Network } from "./network";
import { Registry } from "./registry";

/** What an environment stands on in a cloud account: the stack `<env>-base` (decision 8). */
export interface BaseArgs extends Place {
  network?: Pick<NetworkArgs, "cidr" | "zones" | "flowLogDays">;
  cluster: Omit<KubernetesClusterArgs, "place" | "zones">;
  repositories: string[];
  backups: {
    /** Name of the bucket. */
    bucket: string;
    /** Region of the copy; another than the environment's. */
    replicaRegion: string;
    /** Days nobody can delete a backup. @default 30 */
    lockDays?: number;
    /** Days a replaced backup is kept. @default 90 */
    keepDays?: number;
  };
  identities: Identity[];
  /** Hosted zones of Route 53 in which certificates are asked for. */
  hostedZones?: string[];
  secrets: string[];
  budget: AccountArgs["budget"];
}

/** Builds the base and gives what the platform's stack and people need of it. */
export function buildBase(args: BaseArgs): Record<string, pulumi.Output<unknown> | string> {
  const { system, environment, account, region, backups } = args;
  const place: Place = { system, environment, account, region };
  const name = prefixOf(place);
  const zones = args.network?.zones;
  const lockDays = backups.lockDays ?? 30;
  const keepDays = backups.keepDays ?? 90;
  const keys = new Keys("keys", place);
  const replicaKey = new ReplicaKey("replica-key", replicaKeySpec(place, backups.replicaRegion));
  const names = {
    access: `${backups.bucket}-access`,
    audit: `${name}-audit-${place.account}`,
    logs: `${name}-logs-${place.account}`,
    replica: `${backups.bucket}-replica`,
  };
  const withKeys = { dependsOn: [keys, replicaKey] };
  const access = new Bucket(
    "access-logs",
    {
      place,
      bucket: names.access,
      purpose: "logs",
      // S3 writes its access logs with its own key only.
      encryption: "AES256",
      lockDays: 0,
      keepDays: 365,
      expires: true,
      statements: [
        {
          sid: "AccessLogs",
          principal: { services: ["logging.s3.amazonaws.com"] },
          actions: ["s3:PutObject"],
          resources: [`arn:aws:s3:::${names.access}/*`],
          condition: { StringEquals: { "aws:SourceAccount": place.account } },
        },
      ],
    },
    withKeys,
  );
  const logged = { dependsOn: [keys, replicaKey, access] };
  const replica = new Bucket(
    "backups-replica",
    { place, bucket: names.replica, region: backups.replicaRegion, purpose: "backups", lockDays, keepDays },
    logged,
  );
  const backupBucket = new Bucket(
    "backups",
    {
      place,
      bucket: backups.bucket,
      purpose: "backups",
      lockDays,
      keepDays,
      logTo: names.access,
      replica: { bucket: names.replica, region: backups.replicaRegion },
    },
    { dependsOn: [keys, replicaKey, access, replica] },
  );
  const audit = new Bucket(
    "audit",
    {
      place,
      bucket: names.audit,
      purpose: "logs",
      lockDays: 365,
      keepDays: 400,
      logTo: names.access,
      statements: trailStatements(place, names.audit),
    },
    logged,
  );
  new Bucket(
    "logs",
    { place, bucket: names.logs, purpose: "logs", lockDays: 0, keepDays: 30, logTo: names.access },
    logged,
  );
  new Account(
    "account",
    { place, auditBucket: names.audit, secrets: args.secrets, budget: args.budget },
    { logKey: keys.arns.logs, secretKey: keys.arns.secrets, bucket: audit },
  );
  new Registry("registry", { place, repositories: args.repositories }, keys.arns.registry);
  const network = new Network("network", { place, ...args.network }, keys.arns.logs);
  const cluster = new KubernetesCluster(
    "cluster",
    { place, ...args.cluster, ...(zones ? { zones } : {}) },
    {
      subnetIds: network.privateSubnetIds,
      clusterKey: keys.arns.cluster,
      volumeKey: keys.arns.volumes,
      logKey: keys.arns.logs,
    },
    { dependsOn: [network] },
  );
  new Identities(
    "identities",
    {
      place,
      cluster: name,
      identities: args.identities,
      backupBucket: backups.bucket,
      logBucket: names.logs,
      ...(args.hostedZones ? { zones: args.hostedZones } : {}),
    },
    { dependsOn: [cluster] },
  );
  return {
    cluster: cluster.cluster,
    backupBucket: backupBucket.bucket,
    logBucket: names.logs,
    registry: `${place.account}.dkr.ecr.${place.region}.amazonaws.com`,
    kubeconfig: `aws eks update-kubeconfig --region ${place.region} --name ${name}`,
  };
}
