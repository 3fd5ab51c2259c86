import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as storage from "@pulumi/kubernetes/storage/v1";
import { childOf } from "../component";

/** Classes of volumes on EBS. Clusters elsewhere have classes of these names already, or name their own in the stack. */
export function storageClassSpecs({ system }: { system: string }) {
  const labels = { "app.kubernetes.io/part-of": system, "app.kubernetes.io/managed-by": "greenlight" };
  const volumes = (name: string, isDefault: boolean, parameters: Record<string, string> = {}) => ({
    metadata: { name, labels, annotations: { "storageclass.kubernetes.io/is-default-class": String(isDefault) } },
    provisioner: "ebs.csi.aws.com",
    parameters: { type: "gp3", encrypted: "true", ...parameters },
    // In the zone where the pod will be; and a volume outlives its claim.
    volumeBindingMode: "WaitForFirstConsumer",
    allowVolumeExpansion: true,
    reclaimPolicy: "Retain",
  });
  return {
    general: volumes("general", true),
    // The object store's guarantees hold on XFS only.
    objectStore: volumes("object-store", false, { "csi.storage.k8s.io/fstype": "xfs" }),
    snapshots: {
      apiVersion: "snapshot.storage.k8s.io/v1",
      kind: "VolumeSnapshotClass",
      metadata: { name: "general", labels },
      driver: "ebs.csi.aws.com",
      deletionPolicy: "Retain",
    },
  };
}

export class StorageClasses extends ComponentResource {
  constructor(name: string, args: { system: string }, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:cluster:StorageClasses", name, args, opts);
    const spec = storageClassSpecs(args);
    const own = childOf(this);
    new storage.StorageClass("general", spec.general, own);
    new storage.StorageClass("object-store", spec.objectStore, own);
    new CustomResource("general-snapshots", spec.snapshots, own);
    this.registerOutputs({});
  }
}
