import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import { childOf, refuse, serviceLabels } from "../component";
import * as pod from "../pod";
import { egressName, gatewayName, gatewayNamespace } from "./gateway";
import type { TrafficArgs } from "./traffic";
import { trafficSpec } from "./traffic";

/** Something outside that services need, such as an AI API: it will be slow, wrong and gone at times. */
export interface DependencyArgs extends TrafficArgs {
  name: string;
  system: string;
  /** Host it is reached at, by TLS. */
  host: string;
  /** @default 443 */
  port?: number;
  /** Availability its maker promises, in percent; undefined where nothing is promised. */
  sla?: number;
  /** Services that use it: `namespace/name`. Nobody else gets out to it. */
  clients: string[];
  /** What callers get instead when it fails: a body and a status they know how to read. */
  fallback?: { status?: number; contentType?: string; body: string };
  /** Path that tells whether it works, asked every minute. @default "/" */
  probePath?: string;
}

const doorPods = { podSelector: { matchLabels: { "gateway.envoyproxy.io/owning-gateway-name": egressName } } };

/** The name under which services call it: a Service of its own that leads to the inner door, so every cluster's DNS has it. */
export const dependencyHost = (name: string): string => `${name}.${gatewayNamespace}.svc`;

/** The dependency as plain data. Carries S-125, S-126, S-127, S-143. */
export function dependencySpec(args: DependencyArgs) {
  const { name, system, host, port = 443, sla, clients, fallback, probePath = "/" } = args;
  refuseBad(args);
  const labels = { ...serviceLabels(system, name), "greenlight.dev/dependency": name };
  const metadata = {
    name,
    namespace: gatewayNamespace,
    labels,
    annotations: { "greenlight.dev/sla": sla === undefined ? "none" : `${sla}%` },
  };
  const backendRef = { group: "gateway.envoyproxy.io", kind: "Backend", name };
  return {
    backend: {
      apiVersion: "gateway.envoyproxy.io/v1alpha1",
      kind: "Backend",
      metadata,
      spec: {
        endpoints: [{ fqdn: { hostname: host, port } }],
        tls: { wellKnownCACertificates: "System", sni: host, minVersion: "1.2" },
      },
    },
    route: {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata,
      spec: {
        parentRefs: [{ name: egressName }],
        hostnames: [dependencyHost(name)],
        rules: [
          {
            filters: [{ type: "URLRewrite", urlRewrite: { hostname: host } }],
            backendRefs: [{ ...backendRef, port }],
          },
        ],
      },
    },
    service: {
      // The proxies behind it come with the gateway's controller, which may be later: nobody waits for them.
      metadata: { ...metadata, annotations: { ...metadata.annotations, "pulumi.com/skipAwait": "true" } },
      spec: {
        type: "ClusterIP",
        selector: doorPods.podSelector.matchLabels,
        ports: [{ name: "https", port: 443, targetPort: 10443, protocol: "TCP" }],
      },
    },
    traffic: {
      apiVersion: "gateway.envoyproxy.io/v1alpha1",
      kind: "BackendTrafficPolicy",
      metadata,
      spec: {
        targetRefs: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", name }],
        ...trafficSpec(`dependency ${name}`, args),
        ...(fallback
          ? {
              responseOverride: [
                {
                  match: { statusCodes: [{ type: "Range", range: { start: 500, end: 599 } }] },
                  response: {
                    statusCode: fallback.status ?? 503,
                    contentType: fallback.contentType ?? "application/json",
                    body: { type: "Inline", inline: fallback.body },
                    header: { set: [{ name: "x-degraded", value: name }] },
                  },
                },
              ],
            }
          : {}),
      },
    },
    // Each client's namespace lets its pods out to the inner door; the default denies it to everybody else.
    networkPolicies: clients.map(client => {
      const [namespace, service] = client.split("/") as [string, string];
      return {
        metadata: { name: `${service}-to-${name}`, namespace, labels },
        spec: {
          podSelector: { matchLabels: { "app.kubernetes.io/name": service } },
          policyTypes: ["Egress"],
          egress: [{ to: [{ ...pod.namespaceNamed(gatewayNamespace), ...doorPods }], ports: pod.tcp(10443) }],
        },
      };
    }),
    probe: {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "Probe",
      metadata,
      spec: {
        jobName: `dependency-${name}`,
        interval: "60s",
        module: "http_2xx",
        prober: { url: "blackbox.monitoring.svc:9115" },
        targets: { staticConfig: { static: [`https://${host}:${port}${probePath}`], labels: { dependency: name } } },
      },
    },
    alerts: pod.alertRules("dependency", metadata, dependencyAlerts(args)),
  };
}

function dependencyAlerts({ name, sla }: DependencyArgs): pod.Alert[] {
  const probe = `{job="dependency-${name}"}`;
  const alerts: pod.Alert[] = [
    {
      name: "DependencyDown",
      expr: `probe_success${probe} == 0 or absent(probe_success${probe})`,
      for: "5m",
      severity: "critical",
      summary: `${name} does not answer; services answer with their fallback.`,
    },
    {
      name: "DependencySlow",
      expr: `avg_over_time(probe_duration_seconds${probe}[10m]) > 2`,
      for: "10m",
      severity: "warning",
      summary: `${name} takes more than two seconds to answer.`,
    },
  ];
  if (sla !== undefined)
    alerts.push({
      name: "DependencyBelowPromise",
      expr: `avg_over_time(probe_success${probe}[30d]) < ${sla / 100}`,
      for: "1h",
      severity: "warning",
      summary: `${name} was up less than the ${sla} % its maker promises, over thirty days.`,
    });
  return alerts;
}

function refuseBad({ name, host, sla, clients }: DependencyArgs): void {
  const faults: { propertyPath: string; reason: string }[] = [];
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host) || /^[\d.]+$/.test(host))
    faults.push({
      propertyPath: "host",
      reason: `host is "${host}"; need a name such as ai.example.com: TLS is checked by it`,
    });
  if (sla !== undefined && (sla <= 0 || sla > 100))
    faults.push({ propertyPath: "sla", reason: `sla is ${sla}; need a percentage above 0, at most 100` });
  if ([gatewayName, egressName].includes(name))
    faults.push({ propertyPath: "name", reason: `name is "${name}", which is the gateway's own; need another` });
  if (clients.length === 0)
    faults.push({
      propertyPath: "clients",
      reason: "clients is empty; need the services that use it, or do without it",
    });
  refuse(`dependency ${name}`, faults);
}

export class Dependency extends ComponentResource {
  /** Where services call it. */
  readonly url: string;

  constructor(name: string, args: DependencyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:gateway:Dependency", name, args, opts);
    const spec = dependencySpec(args);
    const own = childOf(this);
    const backend = new CustomResource(`${name}-backend`, spec.backend, own);
    const route = new CustomResource(`${name}-egress`, spec.route, { ...own, dependsOn: [backend] });
    new core.Service(`${name}-door`, spec.service, own);
    new CustomResource(`${name}-egress-traffic`, spec.traffic, { ...own, dependsOn: [route] });
    for (const one of spec.networkPolicies)
      new networking.NetworkPolicy(`${one.metadata.namespace}-${one.metadata.name}`, one, own);
    new CustomResource(`${name}-probe`, spec.probe, own);
    new CustomResource(`${name}-dependency-alerts`, spec.alerts, own);
    this.url = `https://${dependencyHost(name)}`;
    this.registerOutputs({ url: this.url });
  }
}
