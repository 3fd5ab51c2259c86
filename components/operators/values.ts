/**
 * What every operator's chart is told, as plain values: a value that waits for another resource would render nothing
 * (decision 8). Highly available, watched, and installed without hooks, which `helm.v4.Chart` never runs.
 */

const monitored = { enabled: true };
const pods = { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "256Mi" } };
const closed = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};
const spread = (labels: Record<string, string>) => [
  {
    maxSkew: 1,
    topologyKey: "topology.kubernetes.io/zone",
    whenUnsatisfiable: "DoNotSchedule",
    labelSelector: { matchLabels: labels },
  },
];
const named = (name: string) => ({ "app.kubernetes.io/name": name });
const instance = (name: string, component: string) => ({
  "app.kubernetes.io/instance": name,
  "app.kubernetes.io/component": component,
});

/** Values by chart. */
export const chartValues: Record<string, Record<string, unknown>> = {
  "cert-manager": {
    crds: { enabled: true, keep: true },
    replicaCount: 2,
    podDisruptionBudget: { enabled: true, minAvailable: 1 },
    topologySpreadConstraints: spread(instance("cert-manager", "controller")),
    resources: pods,
    // Challenges over HTTP are answered through the gateway.
    config: {
      apiVersion: "controller.config.cert-manager.io/v1alpha1",
      kind: "ControllerConfiguration",
      gatewayAPI: { enabled: true },
    },
    // A public check, run as a hook: there are no hooks here.
    startupapicheck: { enabled: false },
    prometheus: { enabled: true, servicemonitor: monitored },
    webhook: {
      replicaCount: 3,
      podDisruptionBudget: { enabled: true, minAvailable: 2 },
      topologySpreadConstraints: spread(instance("cert-manager", "webhook")),
      resources: pods,
    },
    cainjector: {
      replicaCount: 2,
      podDisruptionBudget: { enabled: true, minAvailable: 1 },
      topologySpreadConstraints: spread(instance("cert-manager", "cainjector")),
      resources: pods,
    },
  },
  "trust-manager": {
    replicaCount: 2,
    app: { trust: { namespace: "cert-manager" }, metrics: { service: { servicemonitor: monitored } } },
    crds: { enabled: true, keep: true },
    podDisruptionBudget: { enabled: true, minAvailable: 1 },
    topologySpreadConstraints: spread({ app: "trust-manager" }),
    resources: pods,
  },
  "external-secrets": {
    installCRDs: true,
    replicaCount: 2,
    leaderElect: true,
    concurrent: 5,
    resources: pods,
    podDisruptionBudget: { enabled: true, minAvailable: 1 },
    topologySpreadConstraints: spread(named("external-secrets")),
    serviceMonitor: monitored,
    webhook: {
      replicaCount: 2,
      podDisruptionBudget: { enabled: true, minAvailable: 1 },
      certManager: {
        enabled: true,
        cert: { issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: "internal-ca" } },
      },
      resources: pods,
    },
    // The webhook's certificate comes from cert-manager; nothing is left for the chart's own controller to do.
    certController: { create: false },
  },
  "cloudnative-pg": {
    replicaCount: 2,
    crds: { create: true },
    resources: pods,
    topologySpreadConstraints: spread(named("cloudnative-pg")),
    monitoring: { podMonitorEnabled: true },
  },
  "plugin-barman-cloud": {
    replicaCount: 2,
    crds: { create: true },
    resources: pods,
    topologySpreadConstraints: spread(named("plugin-barman-cloud")),
  },
  "psmdb-operator-crds": {},
  "psmdb-operator": {
    replicaCount: 2,
    watchAllNamespaces: true,
    disableTelemetry: true,
    resources: pods,
    securityContext: closed,
    podSecurityContext: { runAsNonRoot: true, seccompProfile: closed.seccompProfile },
  },
  "gateway-crds-helm": {
    crds: { gatewayAPI: { enabled: true, channel: "standard" }, envoyGateway: { enabled: true } },
  },
  "gateway-helm": {
    deployment: {
      replicas: 2,
      envoyGateway: { resources: pods },
      pod: { topologySpreadConstraints: spread(named("gateway-helm")) },
    },
    podDisruptionBudget: { minAvailable: 1 },
    // Its certificates are ours, from cert-manager (components/gateway): the job that would make them is a hook.
    certgen: { job: { args: [] } },
    config: {
      envoyGateway: {
        gateway: { controllerName: "gateway.envoyproxy.io/gatewayclass-controller" },
        // Proxies run in the gateway's own namespace, which has quotas and policies; and may lead out (dependencies).
        provider: { type: "Kubernetes", kubernetes: { deploy: { type: "GatewayNamespace" } } },
        extensionApis: { enableBackend: true },
        logging: { level: { default: "info" } },
      },
    },
  },
  "kube-prometheus-stack": {
    // The servers are custom resources of our own (components/observability), where rules can see them.
    prometheus: { enabled: false },
    alertmanager: { enabled: false },
    grafana: { enabled: false },
    nodeExporter: { enabled: false },
    defaultRules: { create: false },
    kubeControllerManager: { enabled: false },
    kubeScheduler: { enabled: false },
    kubeEtcd: { enabled: false },
    kubeProxy: { enabled: false },
    kubeStateMetrics: { enabled: true },
    "kube-state-metrics": { resources: pods },
    prometheusOperator: {
      resources: pods,
      admissionWebhooks: { patch: { enabled: false }, certManager: { enabled: true } },
    },
  },
  "argo-rollouts": {
    installCRDs: true,
    keepCRDs: true,
    dashboard: { enabled: false },
    controller: {
      replicas: 2,
      resources: pods,
      pdb: { enabled: true, minAvailable: 1 },
      topologySpreadConstraints: spread(named("argo-rollouts")),
      metrics: { enabled: true, serviceMonitor: monitored },
      // Copied in by a container of its own: fetched by the controller, a failed download would keep it from starting.
      trafficRouterPlugins: [
        { name: "argoproj-labs/gatewayAPI", location: "file:///plugins/rollouts-plugin-trafficrouter-gatewayapi" },
      ],
      initContainers: [
        {
          name: "gateway-plugin",
          image: "ghcr.io/argoproj-labs/rollouts-plugin-trafficrouter-gatewayapi:v0.15.0",
          command: ["cp", "/bin/rollouts-plugin-trafficrouter-gatewayapi", "/plugins/"],
          resources: pods,
          securityContext: closed,
          volumeMounts: [{ name: "plugins", mountPath: "/plugins" }],
        },
      ],
      volumes: [{ name: "plugins", emptyDir: { sizeLimit: "256Mi" } }],
      volumeMounts: [{ name: "plugins", mountPath: "/plugins" }],
    },
  },
  keda: {
    operator: { replicaCount: 2 },
    metricsServer: { replicaCount: 2 },
    webhooks: { replicaCount: 2 },
    podDisruptionBudget: {
      operator: { minAvailable: 1 },
      metricServer: { minAvailable: 1 },
      webhooks: { minAvailable: 1 },
    },
    certificates: { certManager: { enabled: true } },
    prometheus: { operator: { enabled: true, serviceMonitor: monitored } },
  },
  velero: {
    // Objects and volume snapshots; the databases have backups of their own, and node agents would need root on nodes.
    deployNodeAgent: false,
    snapshotsEnabled: true,
    upgradeCRDs: false,
    cleanUpCRDs: false,
    resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "1Gi" } },
    metrics: { enabled: true, serviceMonitor: monitored },
    configuration: { features: "EnableCSI", backupStorageLocation: [], volumeSnapshotLocation: [] },
    credentials: { useSecret: false },
    podSecurityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: closed.seccompProfile },
    containerSecurityContext: closed,
  },
};
