import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as networking from "@pulumi/kubernetes/networking/v1";
import { childOf, refuse, serviceLabels, withDefaults } from "../component";
import * as pod from "../pod";
import { internalIssuer, leafSpec } from "../security/certificates";
import { gatewayAlerts } from "./gateway-alerts";

/** The one door: TLS ends here, and everything that comes in is limited, timed and counted. */
export interface GatewayArgs {
  system: string;
  /** Images by digest: the proxy. */
  images: { proxy: string };
  /** Names served to the outside, such as "api.example.com"; may be wildcards. */
  hosts: string[];
  /** `public` for certificates browsers trust, `internal` for those of our own authority. @default "internal" */
  issuer?: "public" | "internal";
  /** Networks that may come in. @default everybody */
  allowFrom?: string[];
  /** Proxies at least; one a zone. @default 3 */
  replicas?: number;
  /** Proxies at most under load. @default 9 */
  maxReplicas?: number;
  cpu?: string;
  memory?: string;
}

export const gatewayDefaults = {
  issuer: "internal" as "public" | "internal",
  replicas: 3,
  maxReplicas: 9,
  cpu: "250m",
  memory: "512Mi",
};

/** Its namespace; the services' own policies name it. */
export const gatewayNamespace = "gateway";
export const gatewayName = "edge";
/** The inner door, through which services reach what is outside (components/gateway/dependency.ts). */
export const egressName = "egress";

/** A pod of the proxy as Envoy Gateway takes it. */
const proxyPods = (a: GatewayArgs & typeof gatewayDefaults, name: string) => ({
  replicas: a.replicas,
  strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: "25%" } },
  pod: {
    labels: { "app.kubernetes.io/name": name },
    securityContext: pod.restrictedPod(65532),
    topologySpreadConstraints: [pod.zoneSpread({ "app.kubernetes.io/name": name })],
  },
  container: {
    image: a.images.proxy,
    resources: pod.resources(a.cpu, a.memory),
    securityContext: pod.restrictedContainer(),
  },
});

/** The gateway as plain data. Source: gateway.envoyproxy.io/docs, "EnvoyProxy", "ClientTrafficPolicy". */
export function gatewaySpec(args: GatewayArgs) {
  const a = withDefaults(gatewayDefaults, args);
  refuseBad(a);
  const namespace = gatewayNamespace;
  const labels = serviceLabels(a.system, gatewayName);
  const metadata = (name: string) => ({ name, namespace, labels });
  const custom = (apiVersion: string, kind: string, name: string, spec: object) => ({
    apiVersion,
    kind,
    metadata: metadata(name),
    spec,
  });
  const api = "gateway.networking.k8s.io/v1";
  const envoy = "gateway.envoyproxy.io/v1alpha1";
  const proxy = (name: string, service: object) =>
    custom(envoy, "EnvoyProxy", name, {
      provider: {
        type: "Kubernetes",
        kubernetes: {
          envoyDeployment: proxyPods(a, name),
          envoyHpa: {
            minReplicas: a.replicas,
            maxReplicas: a.maxReplicas,
            metrics: [
              { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } } },
            ],
          },
          envoyPDB: { maxUnavailable: 1 },
          envoyService: service,
        },
      },
      // Balancers take a while to hear that a proxy goes; until then it goes on serving.
      shutdown: { drainTimeout: "60s", minDrainDuration: "15s" },
      logging: { level: { default: "warn" } },
      telemetry: {
        accessLog: {
          settings: [
            { format: { type: "JSON", json: accessLog }, sinks: [{ type: "File", file: { path: "/dev/stdout" } }] },
          ],
        },
        metrics: { prometheus: {} },
      },
    });
  const listener = (name: string, port: number, secret?: string) => ({
    name,
    port,
    protocol: secret ? "HTTPS" : "HTTP",
    ...(secret ? { tls: { mode: "Terminate", certificateRefs: [{ kind: "Secret", name: secret }] } } : {}),
    // In clear only our own redirect, and challenges of certificates, which are asked for here too.
    allowedRoutes: {
      namespaces: secret
        ? { from: "Selector", selector: { matchLabels: { "app.kubernetes.io/part-of": a.system } } }
        : { from: "Same" },
    },
  });
  const gateway = (name: string, listeners: object[]) =>
    custom(api, "Gateway", name, {
      gatewayClassName: gatewayName,
      infrastructure: { parametersRef: { group: "gateway.envoyproxy.io", kind: "EnvoyProxy", name } },
      listeners,
    });
  const issuerRef = a.issuer === "public" ? { ...internalIssuer, name: "public" } : internalIssuer;
  return {
    class: {
      apiVersion: api,
      kind: "GatewayClass",
      metadata: { name: gatewayName, labels },
      spec: { controllerName: "gateway.envoyproxy.io/gatewayclass-controller" },
    },
    certificate: leafSpec({ ...metadata(gatewayName), dnsNames: a.hosts, usages: ["server auth"], issuerRef }),
    egressCertificate: leafSpec({
      ...metadata(egressName),
      dnsNames: [`*.${gatewayNamespace}.svc`],
      usages: ["server auth"],
    }),
    proxy: proxy(gatewayName, {
      type: "LoadBalancer",
      externalTrafficPolicy: "Local",
      ...(a.allowFrom ? { loadBalancerSourceRanges: a.allowFrom } : {}),
    }),
    egressProxy: proxy(egressName, { type: "ClusterIP", name: egressName }),
    gateway: gateway(gatewayName, [listener("http", 80), listener("https", 443, `${gatewayName}-tls`)]),
    egressGateway: gateway(egressName, [listener("https", 443, `${egressName}-tls`)]),
    // Whoever comes in clear is sent to TLS, and nothing else is answered there.
    redirect: custom(api, "HTTPRoute", "to-https", {
      parentRefs: [{ name: gatewayName, sectionName: "http" }],
      hostnames: a.hosts,
      rules: [{ filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } }] }],
    }),
    clients: custom(envoy, "ClientTrafficPolicy", gatewayName, {
      targetRefs: [gatewayName, egressName].map(name => ({
        group: "gateway.networking.k8s.io",
        kind: "Gateway",
        name,
      })),
      tls: { minVersion: "1.2", alpnProtocols: ["h2", "http/1.1"] },
      headers: { withUnderscoresAction: "RejectRequest", requestID: "Generate" },
      path: { escapedSlashesAction: "RejectRequest" },
      connection: { bufferLimit: "32Ki", connectionLimit: { value: 10_000, closeDelay: "1s" } },
      timeout: { http: { requestReceivedTimeout: "10s", idleTimeout: "300s" }, tcp: { idleTimeout: "1h" } },
      http2: { maxConcurrentStreams: 100 },
    }),
    networkPolicies: [networkPolicy(gatewayName, labels, a), networkPolicy(egressName, labels, a)],
    monitor: {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PodMonitor",
      metadata: metadata(gatewayName),
      spec: {
        selector: {
          matchExpressions: [
            { key: "gateway.envoyproxy.io/owning-gateway-name", operator: "In", values: [gatewayName, egressName] },
          ],
        },
        podMetricsEndpoints: [{ port: "metrics", path: "/stats/prometheus", interval: "30s" }],
      },
    },
    alerts: pod.alertRules("gateway", metadata(gatewayName), gatewayAlerts(namespace)),
  };
}

/** The outer door is open to its networks, the inner one to services of ours; both lead to services, the inner one out. */
function networkPolicy(
  name: string,
  labels: Record<string, string>,
  { system, allowFrom = ["0.0.0.0/0"] }: GatewayArgs,
) {
  const ours = { namespaceSelector: { matchLabels: { "app.kubernetes.io/part-of": system } } };
  return {
    metadata: { name, namespace: gatewayNamespace, labels },
    spec: {
      podSelector: { matchLabels: { "gateway.envoyproxy.io/owning-gateway-name": name } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          from: name === gatewayName ? allowFrom.map(cidr => ({ ipBlock: { cidr } })) : [ours],
          ports: pod.tcp(10080, 10443),
        },
        { from: [pod.namespaceNamed("monitoring")], ports: pod.tcp(19001) },
      ],
      egress: [
        { to: [ours] },
        { to: [pod.namespaceNamed("envoy-gateway-system")], ports: pod.tcp(18000, 18001) },
        ...(name === egressName ? [{ to: [pod.outside], ports: pod.tcp(443) }] : []),
      ],
    },
  };
}

/** One line of JSON a request, traceable, without query or headers that may hold secrets (S-144). */
const accessLog = {
  time: "%START_TIME%",
  method: "%REQ(:METHOD)%",
  path: "%PATH(NQ)%",
  status: "%RESPONSE_CODE%",
  flags: "%RESPONSE_FLAGS%",
  duration_ms: "%DURATION%",
  bytes: "%BYTES_SENT%",
  host: "%REQ(:AUTHORITY)%",
  upstream: "%UPSTREAM_CLUSTER%",
  trace_id: "%TRACE_ID%",
  request_id: "%REQ(X-REQUEST-ID)%",
};

function refuseBad(a: GatewayArgs & typeof gatewayDefaults): void {
  const faults: { propertyPath: string; reason: string }[] = [];
  if (a.hosts.length === 0)
    faults.push({
      propertyPath: "hosts",
      reason: "hosts is empty; need a name that is served, such as api.example.com",
    });
  if (a.replicas < 2)
    faults.push({
      propertyPath: "replicas",
      reason: `replicas is ${a.replicas}; need at least 2: one is being replaced at times`,
    });
  if (a.maxReplicas < a.replicas)
    faults.push({
      propertyPath: "maxReplicas",
      reason: `maxReplicas is ${a.maxReplicas}; need at least replicas, ${a.replicas}`,
    });
  refuse("the gateway", faults);
}

export class Gateway extends ComponentResource {
  constructor(name: string, args: GatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:gateway:Gateway", name, args, opts);
    const spec = gatewaySpec(args);
    const own = childOf(this);
    const policies = spec.networkPolicies.map(one => new networking.NetworkPolicy(one.metadata.name, one, own));
    const made = [
      new CustomResource(`${name}-class`, spec.class, own),
      new CustomResource(`${name}-certificate`, spec.certificate, own),
      new CustomResource(`${name}-egress-certificate`, spec.egressCertificate, own),
      new CustomResource(`${name}-proxy`, spec.proxy, own),
      new CustomResource(`${name}-egress-proxy`, spec.egressProxy, own),
      ...policies,
    ];
    const after = { ...own, dependsOn: made };
    new CustomResource(name, spec.gateway, after);
    new CustomResource(`${name}-egress`, spec.egressGateway, after);
    for (const key of ["redirect", "clients", "monitor", "alerts"] as const)
      new CustomResource(`${name}-${key}`, spec[key], own);
    this.registerOutputs({});
  }
}
