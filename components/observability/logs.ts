import { stringify } from "yaml";
import * as pod from "../pod";
import type { WorkloadArgs } from "../workload";
import { monitoringNamespace } from "./names";

/** Logs: read through the API server, masked, and kept in an object store outside the cluster (S-144, S-145). */
export interface LogsArgs {
  system: string;
  /** Images by digest: Loki, Grafana Alloy. */
  images: { loki: string; alloy: string };
  /** Bucket and region; pods have identities, or a Secret with `access-key` and `secret-key`. */
  bucket: string;
  region: string;
  endpoint?: string;
  credentials?: string;
  /** Namespaces whose pods are read. */
  namespaces: string[];
  /** Days logs are kept. @default 30 */
  days?: number;
}

const lokiPort = 3100;

/** Loki's settings as it reads them: one program, three times, each line in all three until it is in the store. */
export function lokiConfig({ bucket, region, endpoint, days = 30 }: LogsArgs): string {
  return stringify({
    auth_enabled: false,
    server: { http_listen_port: lokiPort, grpc_listen_port: 9095, log_format: "json" },
    common: { replication_factor: 3, ring: { kvstore: { store: "memberlist" } }, path_prefix: "/var/loki" },
    memberlist: { join_members: [`loki.${monitoringNamespace}.svc:7946`] },
    schema_config: {
      configs: [
        {
          from: "2026-01-01",
          store: "tsdb",
          object_store: "s3",
          schema: "v13",
          index: { prefix: "index_", period: "24h" },
        },
      ],
    },
    storage_config: {
      aws: { bucketnames: bucket, region, s3forcepathstyle: endpoint !== undefined, ...(endpoint ? { endpoint } : {}) },
      tsdb_shipper: { active_index_directory: "/var/loki/index", cache_location: "/var/loki/cache" },
    },
    ingester: { chunk_idle_period: "5m", max_chunk_age: "15m", wal: { dir: "/var/loki/wal", flush_on_shutdown: true } },
    limits_config: {
      retention_period: `${days * 24}h`,
      ingestion_rate_mb: 20,
      max_global_streams_per_user: 20_000,
      reject_old_samples: true,
      reject_old_samples_max_age: "24h",
    },
    compactor: {
      working_directory: "/var/loki/compactor",
      retention_enabled: true,
      delete_request_store: "s3",
    },
    analytics: { reporting_enabled: false },
  });
}

/** What must never be stored: tokens, passwords, mailboxes, card numbers. The group in brackets gives way to the word. */
export const maskedLogPatterns: [expression: string, word: string][] = [
  ["[Bb]earer\\s+([A-Za-z0-9._~+/-]{8,}=*)", "[token]"],
  ["(eyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+)", "[token]"],
  ['"(?:password|passwd|secret|token|api_?key)"\\s*:\\s*"([^"]*)"', "[secret]"],
  ["://[^:/@\\s]+:([^@\\s]+)@", "[secret]"],
  ["([\\w.+-]+@[\\w-]+\\.[\\w.]+)", "[mailbox]"],
  ["\\b((?:\\d[ -]?){13,16})\\b", "[number]"],
];

const maskStage = ([expression, word]: (typeof maskedLogPatterns)[number]): string =>
  `  stage.replace {\n    expression = ${JSON.stringify(expression)}\n    replace    = ${JSON.stringify(word)}\n  }`;

/** Alloy's settings in its own language. */
export function alloyConfig({ namespaces }: LogsArgs): string {
  const text = (value: string) => JSON.stringify(value);
  return `logging { level = "warn"  format = "json" }

discovery.kubernetes "pods" {
  role = "pod"
  namespaces { names = [${namespaces.map(text).join(", ")}] }
}

discovery.relabel "pods" {
  targets = discovery.kubernetes.pods.targets
  rule { source_labels = ["__meta_kubernetes_namespace"]  target_label = "namespace" }
  rule { source_labels = ["__meta_kubernetes_pod_label_app_kubernetes_io_name"]  target_label = "service" }
  rule { source_labels = ["__meta_kubernetes_pod_container_name"]  target_label = "container" }
  rule { source_labels = ["__meta_kubernetes_pod_name"]  target_label = "pod" }
}

// Through the API server: nothing of the nodes is mounted, so these pods need no more rights than any other.
loki.source.kubernetes "pods" {
  targets    = discovery.relabel.pods.output
  forward_to = [loki.process.lines.receiver]
  clustering { enabled = true }
}

loki.process "lines" {
  forward_to = [loki.write.store.receiver]
  stage.json { expressions = { level = "level", trace_id = "trace_id" } }
  stage.labels { values = { level = "" } }
  stage.structured_metadata { values = { trace_id = "" } }
${maskedLogPatterns.map(maskStage).join("\n")}
}

loki.write "store" {
  endpoint {
    url                 = "http://loki.${monitoringNamespace}.svc:${lokiPort}/loki/api/v1/push"
    max_backoff_retries = 20
  }
}
`;
}

/** Loki and Alloy as workloads, and the right to read logs. */
export function logWorkloads(args: LogsArgs): { loki: WorkloadArgs; alloy: WorkloadArgs } {
  const { system, images, credentials } = args;
  const common = { system, namespace: monitoringNamespace };
  const [loki, alloy] = [pod.podsNamed("loki"), pod.podsNamed("alloy")];
  const prometheus = { podSelector: { matchLabels: { prometheus: "prometheus" } } };
  return {
    loki: {
      ...common,
      name: "loki",
      image: images.loki,
      named: true,
      replicas: 3,
      cpu: "300m",
      memory: "1Gi",
      user: 10001,
      args: ["-config.file=/etc/loki/config.yaml", "-target=all"],
      ports: { http: lokiPort, grpc: 9095, gossip: 7946 },
      metrics: { port: "http" },
      probe: { port: "http", live: "/ready", ready: "/ready" },
      config: { mountPath: "/etc/loki", files: { "config.yaml": lokiConfig(args) } },
      // What is not in the store yet is in three pods in three zones.
      scratch: { "/var/loki": "10Gi" },
      env: credentials
        ? [
            { name: "AWS_ACCESS_KEY_ID", valueFrom: { secretKeyRef: { name: credentials, key: "access-key" } } },
            { name: "AWS_SECRET_ACCESS_KEY", valueFrom: { secretKeyRef: { name: credentials, key: "secret-key" } } },
          ]
        : [],
      graceSeconds: 300,
      ingress: [
        { from: [alloy, pod.podsNamed("grafana"), prometheus], ports: pod.tcp(lokiPort) },
        { from: [loki], ports: pod.tcp(9095, 7946) },
      ],
      egress: [
        { to: [loki], ports: pod.tcp(9095, 7946) },
        { to: [pod.outside], ports: pod.tcp(443) },
      ],
    },
    alloy: {
      ...common,
      name: "alloy",
      image: images.alloy,
      replicas: 3,
      cpu: "200m",
      memory: "768Mi",
      user: 473,
      args: [
        "run",
        "/etc/alloy/config.alloy",
        "--storage.path=/var/lib/alloy",
        "--server.http.listen-addr=0.0.0.0:12345",
        "--cluster.enabled=true",
        "--cluster.join-addresses=alloy:12345",
      ],
      ports: { http: 12345 },
      metrics: { port: "http" },
      probe: { port: "http", live: "/-/ready", ready: "/-/ready" },
      config: { mountPath: "/etc/alloy", files: { "config.alloy": alloyConfig(args) } },
      scratch: { "/var/lib/alloy": "1Gi" },
      token: true,
      ingress: [{ from: [alloy, prometheus], ports: pod.tcp(12345) }],
      egress: [
        { to: [loki], ports: pod.tcp(lokiPort) },
        { to: [alloy], ports: pod.tcp(12345) },
        { to: [pod.outside, pod.namespaceNamed("default")], ports: pod.tcp(443, 6443) },
      ],
    },
  };
}

/** Roles by which Alloy reads pods and their logs, one a namespace. */
export const logRights = ({ system, namespaces }: LogsArgs) =>
  namespaces.map(namespace => {
    const metadata = {
      name: "alloy",
      namespace,
      labels: { "app.kubernetes.io/part-of": system, "app.kubernetes.io/managed-by": "greenlight" },
    };
    return {
      role: {
        metadata,
        rules: [{ apiGroups: [""], resources: ["pods", "pods/log", "namespaces"], verbs: ["get", "list", "watch"] }],
      },
      binding: {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "alloy" },
        subjects: [{ kind: "ServiceAccount", name: "alloy", namespace: monitoringNamespace }],
      },
    };
  });
