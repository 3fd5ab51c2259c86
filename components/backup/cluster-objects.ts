import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { childOf } from "../component";
import type { BackupPlan } from "./plan";

/** A daily copy of the cluster's objects, for what somebody made by hand or an operator wrote; the program has the rest. */
export function clusterObjectsSpec(args: { system: string; namespaces: string[] }, plan: BackupPlan) {
  const labels = { "app.kubernetes.io/part-of": args.system, "app.kubernetes.io/managed-by": "greenlight" };
  const metadata = (name: string) => ({ name, namespace: "velero", labels });
  const { target } = plan;
  return {
    location: {
      apiVersion: "velero.io/v1",
      kind: "BackupStorageLocation",
      metadata: metadata("offsite"),
      spec: {
        provider: "aws",
        default: true,
        accessMode: "ReadWrite",
        objectStorage: { bucket: target.bucket, prefix: "objects/velero" },
        config: {
          ...(target.region ? { region: target.region } : {}),
          ...(target.endpoint ? { s3Url: target.endpoint, s3ForcePathStyle: "true" } : {}),
        },
      },
    },
    schedule: {
      apiVersion: "velero.io/v1",
      kind: "Schedule",
      metadata: metadata("daily"),
      spec: {
        schedule: "30 0 * * *",
        template: {
          storageLocation: "offsite",
          includedNamespaces: args.namespaces,
          // Secrets come from their store again, and do not belong into a bucket.
          excludedResources: ["secrets", "events", "pods", "replicasets"],
          includeClusterResources: true,
          // Databases have backups of their own; a copy of a running volume is none.
          snapshotVolumes: false,
          ttl: `${plan.postgres.retentionDays * 24}h0m0s`,
        },
      },
    },
  };
}

export class ClusterObjects extends ComponentResource {
  constructor(
    name: string,
    args: { system: string; namespaces: string[] },
    plan: BackupPlan,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("greenlight:backup:ClusterObjects", name, args, opts);
    const spec = clusterObjectsSpec(args, plan);
    const own = childOf(this);
    const location = new CustomResource(`${name}-location`, spec.location, own);
    new CustomResource(`${name}-daily`, spec.schedule, { ...own, dependsOn: [location] });
    this.registerOutputs({});
  }
}
