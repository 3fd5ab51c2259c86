import type * as pulumi from "@pulumi/pulumi";
import type { ServiceArgs } from "./delivery/service";
import { Service } from "./delivery/service";
import { Namespace } from "./security/namespace";
import type { NamespaceArgs } from "./security/namespace";

/** What runs in one environment. */
export interface PlatformArgs {
  /** Name of the system all of it belongs to. */
  system: string;
  namespaces: Omit<NamespaceArgs, "system">[];
  services: Omit<ServiceArgs, "system">[];
}

/** Joins the parts; the only place that knows their order. Gives the endpoint of each service by name. */
export function buildPlatform({ system, namespaces, services }: PlatformArgs): Record<string, pulumi.Output<string>> {
  const made = new Map(namespaces.map(args => [args.name, new Namespace(args.name, { ...args, system })]));
  return Object.fromEntries(
    services.map(args => {
      const home = made.get(args.namespace);
      const service = new Service(args.name, { ...args, system }, home ? { dependsOn: [home] } : {});
      return [args.name, service.endpoint];
    }),
  );
}
