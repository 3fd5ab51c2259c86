import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as batch from "@pulumi/kubernetes/batch/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as policy from "@pulumi/kubernetes/policy/v1";
import type { BackupPlan } from "../backup/plan";
import { childOf } from "../component";
import type { PostgresArgs } from "./postgres-spec";
import { poolerPort, postgresSpec } from "./postgres-spec";

export class Postgres extends ComponentResource {
  /** Where services connect, through the pooler, as `host:port`. */
  readonly endpoint: pulumi.Output<string>;

  constructor(name: string, args: PostgresArgs, plan: BackupPlan, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:data:Postgres", name, args, opts);
    const spec = postgresSpec(args, plan);
    const own = childOf(this);
    // Deleting the cluster deletes its volumes: neither a mistake nor a destroy may do that.
    const kept = { ...own, protect: true, retainOnDelete: true };
    const certificate = new CustomResource(`${name}-certificate`, spec.certificate, own);
    const archive = new CustomResource(`${name}-archive`, spec.archive, kept);
    const policies = [spec.clusterPolicy, spec.poolerPolicy, spec.jobsPolicy].map(
      one => new networking.NetworkPolicy(one.metadata.name, one, own),
    );
    const passwords = spec.databases.map(
      one => new CustomResource(`${name}-${one.secret.metadata.name}`, one.secret, own),
    );
    const cluster = new CustomResource(name, spec.cluster, {
      ...kept,
      dependsOn: [certificate, archive, ...policies, ...passwords],
    });
    const after = { ...own, dependsOn: [cluster] };
    for (const { database } of spec.databases)
      new CustomResource(database.metadata.name, database, { ...kept, ...after });
    for (const key of ["daily", "weekly"] as const) new CustomResource(`${name}-${key}`, spec[key], after);
    const pooler = new CustomResource(`${name}-pooler`, spec.pooler, after);
    new policy.PodDisruptionBudget(`${name}-pooler`, spec.poolerBudget, own);
    new CustomResource(`${name}-monitor`, spec.monitor, own);
    new CustomResource(`${name}-alerts`, spec.alerts, own);
    const account = new core.ServiceAccount(`${name}-jobs`, spec.jobsAccount, own);
    for (const key of ["heartbeat", "drill"] as const)
      new batch.CronJob(spec[key].metadata.name, spec[key], { ...own, dependsOn: [account] });
    this.endpoint = pooler.metadata.apply(made => `${made.name}.${made.namespace}.svc:${poolerPort}`);
    this.registerOutputs({ endpoint: this.endpoint });
  }
}
