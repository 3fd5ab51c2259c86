import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as batch from "@pulumi/kubernetes/batch/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as rbac from "@pulumi/kubernetes/rbac/v1";
import type { BackupPlan } from "../backup/plan";
import { childOf } from "../component";
import type { MongodbArgs } from "./mongodb-spec";
import { mongodbPort, mongodbSpec } from "./mongodb-spec";

export class Mongodb extends ComponentResource {
  /** Where services connect, as `host:port`; drivers find the members from there. */
  readonly endpoint: pulumi.Output<string>;

  constructor(name: string, args: MongodbArgs, plan: BackupPlan, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:data:Mongodb", name, args, opts);
    const spec = mongodbSpec(args, plan);
    const own = childOf(this);
    const policies = Object.values(spec.networkPolicies).map(
      one => new networking.NetworkPolicy(one.metadata.name, one, own),
    );
    const members = new core.ServiceAccount(name, spec.serviceAccount, own);
    const cluster = new CustomResource(name, spec.cluster, {
      ...own,
      // Data outlives a mistake in the program: it is neither deleted nor replaced until somebody unprotects it.
      protect: true,
      retainOnDelete: true,
      dependsOn: [...policies, members],
    });
    new CustomResource(`${name}-monitor`, spec.monitor, own);
    new CustomResource(`${name}-alerts`, spec.alerts, own);
    const jobs = new core.ServiceAccount(`${name}-jobs`, spec.jobsAccount, own);
    const account = new core.ServiceAccount(`${name}-drill`, spec.drillAccount, own);
    const role = new rbac.Role(`${name}-drill`, spec.drillRole, own);
    const bound = new rbac.RoleBinding(`${name}-drill`, spec.drillBinding, { ...own, dependsOn: [account, role] });
    const restore = new core.ConfigMap(`${name}-drill-plan`, spec.drillPlan, own);
    new batch.CronJob(spec.heartbeat.metadata.name, spec.heartbeat, { ...own, dependsOn: [cluster, jobs] });
    new batch.CronJob(spec.drill.metadata.name, spec.drill, { ...own, dependsOn: [bound, restore] });
    this.endpoint = cluster.metadata.apply(made => `${made.name}-rs0.${made.namespace}.svc:${mongodbPort}`);
    this.registerOutputs({ endpoint: this.endpoint });
  }
}
