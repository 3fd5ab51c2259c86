import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { sha256 } from "../../model/canonical";
import { childOf, serviceLabels } from "../component";
import { trustBundle } from "../security/certificates";
import { gatewayName, gatewayNamespace } from "./gateway";
import type { TrafficArgs } from "./traffic";
import { trafficSpec } from "./traffic";

/** How a service is reached from outside. */
export interface RouteArgs extends TrafficArgs {
  /** Name of the service. */
  service: string;
  system: string;
  namespace: string;
  /** Name it is reached by; one of the gateway's. */
  host: string;
  /** Path below which everything goes to the service. @default "/" */
  path?: string;
  /** Port of the service. @default 443 with TLS, else 80 */
  port?: number;
  /** True where the service itself speaks TLS. */
  tls: boolean;
  /** Services by weight, where a rollout shifts traffic; the controller owns the weights then. */
  canary?: boolean;
}

/** HTTP Strict Transport Security: two years, as browsers' preload lists ask for. */
const hsts = "max-age=63072000; includeSubDomains";

/** Route, limits and TLS to the service, as plain data. */
export function routeSpec(args: RouteArgs) {
  const { service, system, namespace, host, path = "/", tls, canary = false } = args;
  const labels = serviceLabels(system, service);
  const backend = (name: string, weight?: number) => ({
    name,
    port: args.port ?? (tls ? 443 : 80),
    ...(weight === undefined ? {} : { weight }),
  });
  const rules = [
    {
      matches: [{ path: { type: "PathPrefix", value: path } }],
      filters: [
        {
          type: "ResponseHeaderModifier",
          responseHeaderModifier: {
            set: [
              { name: "strict-transport-security", value: hsts },
              { name: "x-content-type-options", value: "nosniff" },
            ],
            remove: ["server", "x-powered-by"],
          },
        },
      ],
      backendRefs: canary ? [backend(service, 100), backend(`${service}-canary`, 0)] : [backend(service)],
    },
  ];
  // Once a rollout has touched it, the controller owns the list of rules whole. A real change of the route therefore
  // makes another object (components.md §10): the hash of what we ask for stands in its name.
  const name = canary ? `${service}-${sha256(JSON.stringify([host, rules])).slice(0, 8)}` : service;
  const metadata = { name, namespace, labels };
  const target = { group: "gateway.networking.k8s.io", kind: "HTTPRoute", name };
  return {
    route: {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata,
      spec: {
        parentRefs: [{ name: gatewayName, namespace: gatewayNamespace, sectionName: "https" }],
        hostnames: [host],
        rules,
      },
    },
    traffic: {
      apiVersion: "gateway.envoyproxy.io/v1alpha1",
      kind: "BackendTrafficPolicy",
      metadata,
      spec: { targetRefs: [target], ...trafficSpec(`the route to ${service}`, args) },
    },
    backendTls: tls
      ? {
          apiVersion: "gateway.networking.k8s.io/v1",
          kind: "BackendTLSPolicy",
          metadata: { name: service, namespace, labels },
          spec: {
            targetRefs: [service, ...(canary ? [`${service}-canary`] : [])].map(one => ({
              group: "",
              kind: "Service",
              name: one,
            })),
            validation: {
              hostname: `${service}.${namespace}.svc`,
              caCertificateRefs: [{ group: "", kind: "ConfigMap", name: trustBundle.name }],
            },
          },
        }
      : undefined,
  };
}

export class Route extends ComponentResource {
  /** Where the service is reached from outside. */
  readonly url: string;
  /** Name of the route, by which a rollout finds it. */
  readonly routeName: string;

  constructor(name: string, args: RouteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:gateway:Route", name, args, opts);
    const spec = routeSpec(args);
    const own = childOf(this);
    new CustomResource(
      `${name}-route`,
      spec.route,
      args.canary ? { ...own, ignoreChanges: ["spec.rules"], deleteBeforeReplace: false } : own,
    );
    new CustomResource(`${name}-traffic`, spec.traffic, own);
    if (spec.backendTls) new CustomResource(`${name}-backend-tls`, spec.backendTls, own);
    this.url = `https://${args.host}${args.path ?? "/"}`;
    this.routeName = spec.route.metadata.name;
    this.registerOutputs({ url: this.url });
  }
}
