import type * as pulumi from "@pulumi/pulumi";
import type { RouteArgs } from "../gateway/route";
import { Route, routeSpec } from "../gateway/route";
import type { Slo } from "../observability/slo";
import { serviceSlos, workerSlos } from "../observability/slo";
import type { ServiceArgs } from "./service";
import { Service } from "./service";
import type { WorkerArgs } from "./worker";

/** A service, and how it is reached from outside, where it is. */
export interface ExposedService extends ServiceArgs {
  expose?: Omit<RouteArgs, "service" | "system" | "namespace" | "tls" | "canary" | "port">;
}

/** Builds services and their routes. Gives where each is reached inside, and from outside. */
export function buildServices(
  services: ExposedService[],
  after: (namespace: string) => pulumi.ComponentResourceOptions,
): { endpoints: Record<string, pulumi.Output<string>>; urls: Record<string, string> } {
  const endpoints: Record<string, pulumi.Output<string>> = {};
  const urls: Record<string, string> = {};
  for (const { expose, ...one } of services) {
    const { name, namespace, system, tls = false } = one;
    const strategy = one.strategy ?? (one.importance === "important" ? "canary" : "rolling");
    const route = expose && { ...expose, service: name, system, namespace, tls, canary: strategy === "canary" };
    const named = route ? { route: routeSpec(route).route.metadata.name } : {};
    const service = new Service(name, { ...one, ...named }, after(namespace));
    endpoints[name] = service.endpoint;
    if (route) urls[name] = new Route(name, route, { dependsOn: [service] }).url;
  }
  return { endpoints, urls };
}

/** What all services and workers promise. */
export const slosOf = (
  services: Pick<ServiceArgs, "name" | "namespace" | "objective">[],
  workers: Pick<WorkerArgs, "name" | "namespace" | "objective">[],
): Slo[] => [
  ...services.flatMap(one => serviceSlos(one.name, one.namespace, one.objective)),
  ...workers.flatMap(one => workerSlos(one.name, one.namespace, one.objective)),
];
