import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource, output } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as batch from "@pulumi/kubernetes/batch/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as policy from "@pulumi/kubernetes/policy/v1";
import type { BackupPlan } from "../backup/plan";
import { childOf } from "../component";
import type { ObjectStoreArgs } from "./object-store-spec";
import { objectStoreSpec, storePort } from "./object-store-spec";

/** What a client of an object store needs, whoever serves it: servers of ours, or a cloud's. */
export interface S3Endpoint {
  /** URL clients talk to; undefined where the client's own default is right, as on AWS. */
  url: string | undefined;
  region: string | undefined;
  /** Secret with `user` and `password`; undefined where pods have an identity of their own. */
  credentials: string | undefined;
  buckets: string[];
}

export class ObjectStore extends ComponentResource {
  readonly endpoint: pulumi.Output<S3Endpoint>;

  constructor(name: string, args: ObjectStoreArgs, plan: BackupPlan, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:data:ObjectStore", name, args, opts);
    const spec = objectStoreSpec(args, plan);
    const own = childOf(this);
    // Data outlives a mistake in the program: it is neither deleted nor replaced until somebody unprotects it.
    const kept = { ...own, protect: true, retainOnDelete: true };
    const generator = new CustomResource(`${name}-password`, spec.generator, kept);
    const rootSecret = new CustomResource(`${name}-root`, spec.secret, { ...kept, dependsOn: [generator] });
    const certificate = new CustomResource(`${name}-certificate`, spec.certificate, own);
    const account = new core.ServiceAccount(name, spec.serviceAccount, own);
    const policies = new networking.NetworkPolicy(name, spec.networkPolicy, own);
    const peers = new core.Service(`${name}-peers`, spec.peers, own);
    const servers = new apps.StatefulSet(name, spec.statefulSet, {
      ...kept,
      dependsOn: [rootSecret, certificate, account, policies, peers],
    });
    const service = new core.Service(name, spec.service, { ...own, dependsOn: [servers] });
    new policy.PodDisruptionBudget(name, spec.disruptionBudget, own);
    new CustomResource(`${name}-monitor`, spec.monitor, own);
    new CustomResource(`${name}-alerts`, spec.alerts, own);
    for (const key of ["buckets", "backup", "fullBackup", "drill"] as const)
      new batch.CronJob(spec[key].metadata.name, spec[key], own);
    this.endpoint = output({
      url: service.metadata.apply(made => `https://${made.name}.${made.namespace}.svc:${storePort}`),
      region: undefined,
      credentials: spec.secret.metadata.name,
      buckets: args.buckets,
    });
    this.registerOutputs({ endpoint: this.endpoint });
  }
}

/** A cloud's S3 behind the same interface: the buckets exist (the base stack makes them), and pods have identities. */
export const s3Endpoint = (args: { region: string; buckets: string[] }): S3Endpoint => ({
  url: undefined,
  region: args.region,
  credentials: undefined,
  buckets: args.buckets,
});
