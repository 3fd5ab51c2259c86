import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import * as scheduling from "@pulumi/kubernetes/scheduling/v1";
import { childOf } from "../component";

/** How important something is: what is scheduled first, and what gives way where room is short. */
export type Importance = "vital" | "important" | "ordinary" | "background";

const values: Record<Importance, { value: number; description: string }> = {
  vital: { value: 1_000_000, description: "What everything else waits for: stores." },
  important: { value: 100_000, description: "What users are waiting for." },
  ordinary: { value: 10_000, description: "What may wait for a moment." },
  background: { value: 1_000, description: "What may wait for an hour; gives way first." },
};

/** The name of a class; systems that share a cluster have their own. */
export const priorityClass = (system: string, importance: Importance): string => `${system}-${importance}`;

/** The classes as plain data. None is everybody's default: what says nothing gets the cluster's own. */
export const prioritySpecs = (system: string) =>
  (Object.keys(values) as Importance[]).map(importance => ({
    metadata: {
      name: priorityClass(system, importance),
      labels: { "app.kubernetes.io/part-of": system, "app.kubernetes.io/managed-by": "greenlight" },
    },
    ...values[importance],
    globalDefault: false,
    preemptionPolicy: importance === "background" ? "Never" : "PreemptLowerPriority",
  }));

export class Priorities extends ComponentResource {
  constructor(name: string, { system }: { system: string }, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:delivery:Priorities", name, {}, opts);
    for (const spec of prioritySpecs(system)) new scheduling.PriorityClass(spec.metadata.name, spec, childOf(this));
    this.registerOutputs({});
  }
}
