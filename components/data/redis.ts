import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as batch from "@pulumi/kubernetes/batch/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as policy from "@pulumi/kubernetes/policy/v1";
import type { BackupPlan } from "../backup/plan";
import { childOf } from "../component";
import type { RedisArgs } from "./redis-spec";
import { sentinelPort } from "./redis-network";
import { redisSpec } from "./redis-spec";

export class Redis extends ComponentResource {
  /** Where sentinels are asked for the primary, as `host:port`. */
  readonly sentinels: pulumi.Output<string>;

  constructor(name: string, args: RedisArgs, plan: BackupPlan, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:data:Redis", name, args, opts);
    const spec = redisSpec(args, plan);
    const own = childOf(this);
    // Data outlives a mistake in the program: it is neither deleted nor replaced until somebody unprotects it.
    const kept = { ...own, protect: true, retainOnDelete: true };
    const generator = new CustomResource(`${name}-password`, spec.generator, kept);
    const auth = new CustomResource(`${name}-auth`, spec.secret, { ...kept, dependsOn: [generator] });
    const certificate = new CustomResource(`${name}-certificate`, spec.certificate, own);
    const config = new core.ConfigMap(`${name}-config`, spec.config, own);
    const account = new core.ServiceAccount(name, spec.serviceAccount, own);
    const policies = new networking.NetworkPolicy(name, spec.networkPolicy, own);
    const peers = new core.Service(`${name}-peers`, spec.peers, own);
    const announce = spec.announce.map((one, index) => new core.Service(`${name}-${index}`, one, own));
    new apps.StatefulSet(name, spec.statefulSet, {
      ...kept,
      dependsOn: [auth, certificate, config, account, policies, peers, ...announce],
    });
    new policy.PodDisruptionBudget(name, spec.disruptionBudget, own);
    new CustomResource(`${name}-monitor`, spec.monitor, own);
    new CustomResource(`${name}-alerts`, spec.alerts, own);
    for (const key of ["backup", "fullBackup", "drill", "heartbeat"] as const)
      new batch.CronJob(spec[key].metadata.name, spec[key], own);
    this.sentinels = peers.metadata.apply(made => `${made.name}.${made.namespace}.svc:${sentinelPort}`);
    this.registerOutputs({ sentinels: this.sentinels });
  }
}
