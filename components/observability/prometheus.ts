import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as rbac from "@pulumi/kubernetes/rbac/v1";
import * as policy from "@pulumi/kubernetes/policy/v1";
import { parseQuantity } from "../../model/quantity";
import { childOf, refuse, serviceLabels, withDefaults } from "../component";
import { priorityClass } from "../delivery/priority";
import * as pod from "../pod";
import type { OnCall } from "./alertmanager-config";
import { alertmanagerConfig } from "./alertmanager-config";
import { monitoringNamespace } from "./names";
import { platformAlerts } from "./platform-alerts";
import type { Slo } from "./slo";
import { sloRules } from "./slo";

/** Prometheus and Alertmanager under the operator: two that scrape alike, three that agree on whom to wake. */
export interface PrometheusArgs {
  system: string;
  /** Images by digest. */
  images: { prometheus: string; alertmanager: string };
  /** Namespaces that are scraped; its right to find targets ends there. */
  namespaces: string[];
  /** What services promise. */
  slos: Slo[];
  oncall: OnCall;
  /** Size of each Prometheus volume; four fifths of it are used. @default "50Gi" */
  storage?: string;
  /** @default "15d" */
  retention?: string;
  memory?: string;
  storageClass?: string;
}

const defaults = { storage: "50Gi", retention: "15d", memory: "2Gi", storageClass: "general" };

/** The objects as plain data. Source: prometheus-operator.dev, "API reference". */
export function prometheusSpec(args: PrometheusArgs) {
  const a = withDefaults(defaults, args);
  refuseBad(a);
  const namespace = monitoringNamespace;
  const labels = serviceLabels(a.system, "prometheus");
  const metadata = (name: string) => ({ name, namespace, labels: { ...labels, "app.kubernetes.io/name": name } });
  const custom = (kind: string, name: string, spec: object) => ({
    apiVersion: "monitoring.coreos.com/v1",
    kind,
    metadata: metadata(name),
    spec,
  });
  const everything = { matchLabels: { "app.kubernetes.io/part-of": a.system } };
  const claim = (storage: string) => ({
    volumeClaimTemplate: {
      spec: { storageClassName: a.storageClass, accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
    },
  });
  const slos = a.slos.map(sloRules);
  const bytes = Math.floor(parseQuantity(a.storage)! * 0.8);
  return {
    serviceAccount: { metadata: metadata("prometheus"), automountServiceAccountToken: false },
    // A role in each namespace instead of one in all: what is scraped is what stands here.
    roles: [...a.namespaces, "kube-system"].map(target => ({
      role: {
        metadata: { name: "prometheus", namespace: target, labels },
        rules: [
          { apiGroups: [""], resources: ["services", "endpoints", "pods"], verbs: ["get", "list", "watch"] },
          { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["get", "list", "watch"] },
        ],
      },
      binding: {
        metadata: { name: "prometheus", namespace: target, labels },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "prometheus" },
        subjects: [{ kind: "ServiceAccount", name: "prometheus", namespace }],
      },
    })),
    // The kubelets, which know volumes and containers, ask for this right on the node; it reads series and nothing else.
    nodes: {
      role: {
        metadata: { name: `${a.system}-prometheus`, labels },
        rules: [{ apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] }],
      },
      binding: {
        metadata: { name: `${a.system}-prometheus`, labels },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: `${a.system}-prometheus` },
        subjects: [{ kind: "ServiceAccount", name: "prometheus", namespace }],
      },
    },
    prometheus: custom("Prometheus", "prometheus", {
      image: a.images.prometheus,
      replicas: 2,
      retention: a.retention,
      retentionSize: `${Math.floor(bytes / 2 ** 20)}MB`,
      walCompression: true,
      storage: claim(a.storage),
      serviceAccountName: "prometheus",
      priorityClassName: priorityClass(a.system, "important"),
      securityContext: pod.restrictedPod(65534),
      resources: pod.resources("500m", a.memory),
      affinity: pod.hostAntiAffinity({ prometheus: "prometheus" }),
      topologySpreadConstraints: [pod.zoneSpread({ prometheus: "prometheus" })],
      // Everything in namespaces of the system, operators' own monitors among it: a selector by a chart's release name is
      // the commonest reason why a monitor is ignored.
      ...Object.fromEntries(
        ["serviceMonitor", "podMonitor", "probe", "rule"].flatMap(kind => [
          [`${kind}Selector`, {}],
          [`${kind}NamespaceSelector`, everything],
        ]),
      ),
      alerting: { alertmanagers: [{ namespace, name: "alertmanager-operated", port: "web" }] },
      evaluationInterval: "30s",
      scrapeInterval: "30s",
      enforcedSampleLimit: 50_000,
      externalLabels: { system: a.system },
    }),
    alertmanager: custom("Alertmanager", "alertmanager", {
      image: a.images.alertmanager,
      replicas: 3,
      configSecret: "alertmanager-config",
      secrets: ["oncall"],
      storage: claim("1Gi"),
      serviceAccountName: "prometheus",
      priorityClassName: priorityClass(a.system, "important"),
      securityContext: pod.restrictedPod(65534),
      resources: pod.resources("50m", "128Mi"),
      affinity: pod.hostAntiAffinity({ alertmanager: "alertmanager" }),
      topologySpreadConstraints: [pod.zoneSpread({ alertmanager: "alertmanager" })],
    }),
    oncall: externalSecret(metadata("oncall"), undefined),
    // The settings hold no secret, but Alertmanager takes them as one: they are written through the same operator.
    config: externalSecret(metadata("alertmanager-config"), {
      engineVersion: "v2",
      data: { "alertmanager.yaml": alertmanagerConfig(a.oncall) },
    }),
    budgets: ["prometheus", "alertmanager"].map(name => pod.oneAtATime(metadata(name), { [name]: name })),
    networkPolicies: networkPolicies(a, metadata),
    monitor: custom("PodMonitor", "prometheus", {
      selector: {
        matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values: ["prometheus", "alertmanager"] }],
      },
      podMetricsEndpoints: [{ port: "web", interval: "30s" }],
    }),
    rules: [
      pod.alertRules("platform", metadata("platform"), platformAlerts()),
      custom("PrometheusRule", "objectives", {
        groups: a.slos.map((slo, index) => ({
          name: slo.name,
          rules: [...slos[index]!.recordings, ...slos[index]!.alerts],
        })),
      }),
    ],
  };
}

const externalSecret = (metadata: object, template: object | undefined) => ({
  apiVersion: "external-secrets.io/v1",
  kind: "ExternalSecret",
  metadata: metadata as { name: string },
  spec: {
    refreshPolicy: "Periodic",
    refreshInterval: "15m",
    secretStoreRef: { kind: "ClusterSecretStore", name: "platform" },
    target: {
      name: (metadata as { name: string }).name,
      creationPolicy: "Owner",
      deletionPolicy: "Retain",
      ...(template ? { template } : {}),
    },
    data: ["page-key", "ticket-url", "watchdog-url"].map(secretKey => ({
      secretKey,
      remoteRef: { key: "oncall", property: secretKey },
    })),
  },
});

function networkPolicies(a: PrometheusArgs, metadata: (name: string) => object) {
  const ours = { namespaceSelector: { matchLabels: { "app.kubernetes.io/part-of": a.system } } };
  const inside = { podSelector: {} };
  const policy = (name: string, ingress: object[], egress: object[]) => ({
    metadata: metadata(name) as { name: string },
    spec: {
      podSelector: { matchLabels: { [name]: name } },
      policyTypes: ["Ingress", "Egress"],
      ingress,
      egress,
    },
  });
  return [
    policy(
      "prometheus",
      [{ from: [inside, pod.namespaceNamed("argo-rollouts"), pod.namespaceNamed("keda")], ports: pod.tcp(9090) }],
      [
        { to: [ours] },
        { to: [{ namespaceSelector: { matchLabels: { "app.kubernetes.io/managed-by": "greenlight" } } }] },
        // The API server, to find targets.
        { to: [pod.outside, pod.namespaceNamed("default")], ports: pod.tcp(443, 6443, 10250) },
      ],
    ),
    policy(
      "alertmanager",
      [{ from: [inside], ports: pod.tcp(9093, 9094) }],
      [
        { to: [{ podSelector: { matchLabels: { alertmanager: "alertmanager" } } }], ports: pod.tcp(9094) },
        { to: [pod.outside], ports: pod.tcp(443) },
      ],
    ),
  ];
}

function refuseBad(a: PrometheusArgs & typeof defaults): void {
  const faults: { propertyPath: string; reason: string }[] = [];
  for (const key of ["storage", "memory"] as const)
    if (!(parseQuantity(a[key]) ?? 0))
      faults.push({
        propertyPath: key,
        reason: `${key} is "${a[key]}"; need a quantity above zero such as "${defaults[key]}"`,
      });
  if (!/^[1-9]\d*[hdwy]$/.test(a.retention))
    faults.push({ propertyPath: "retention", reason: `retention is "${a.retention}"; need a time such as "15d"` });
  refuse("prometheus", faults);
}

export class Prometheus extends ComponentResource {
  constructor(name: string, args: PrometheusArgs, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:observability:Prometheus", name, {}, opts);
    const spec = prometheusSpec(args);
    const own = childOf(this);
    const account = new core.ServiceAccount(name, spec.serviceAccount, own);
    const rights: pulumi.Resource[] = spec.roles.map(({ role, binding }) => {
      const of = `${name}-${role.metadata.namespace}`;
      return new rbac.RoleBinding(of, binding, { ...own, dependsOn: [account, new rbac.Role(of, role, own)] });
    });
    const { nodes } = spec;
    const nodeRole = new rbac.ClusterRole(`${name}-nodes`, nodes.role, own);
    rights.push(
      new rbac.ClusterRoleBinding(`${name}-nodes`, nodes.binding, { ...own, dependsOn: [account, nodeRole] }),
    );
    const closed = spec.networkPolicies.map(one => new networking.NetworkPolicy(one.metadata.name, one, own));
    const secrets = [spec.oncall, spec.config].map(one => new CustomResource(one.metadata.name, one, own));
    const after = { ...own, dependsOn: [...rights, ...closed, ...secrets] };
    new CustomResource("alertmanager", spec.alertmanager, after);
    new CustomResource(name, spec.prometheus, after);
    for (const one of spec.budgets) new policy.PodDisruptionBudget(one.metadata.name, one, own);
    new CustomResource(`${name}-monitor`, spec.monitor, own);
    for (const one of spec.rules) new CustomResource(`${one.metadata.name}-rules`, one, own);
    this.registerOutputs({});
  }
}
