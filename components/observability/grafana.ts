import { stringify } from "yaml";
import * as pod from "../pod";
import type { WorkloadArgs } from "../workload";
import { monitoringNamespace } from "./names";

/** Grafana: everything on it comes from files, so it holds nothing that could be lost but who is signed in. */
export interface GrafanaArgs {
  system: string;
  /** Image by digest. */
  image: string;
  /** Name it is reached by from outside, where it is. */
  host?: string;
  /** The PostgreSQL that keeps its sessions: namespace and cluster. */
  database?: { namespace: string; cluster: string };
}

/** Where the dashboards' ConfigMaps are mounted. */
const boardsDir = "/var/lib/grafana/dashboards";
const port = 3000;

/** Secret with `user` and `password` of the administrator, and one with the database user's. */
export const grafanaSecrets = { admin: "grafana-admin", database: "grafana-database" };

/** Grafana's data sources and where it finds dashboards, as it reads them. */
export function grafanaProvisioning(): Record<string, string> {
  const at = (service: string, servicePort: number) => `http://${service}.${monitoringNamespace}.svc:${servicePort}`;
  return {
    "datasources.yaml": stringify({
      apiVersion: 1,
      datasources: [
        {
          name: "Prometheus",
          uid: "prometheus",
          type: "prometheus",
          url: at("prometheus-operated", 9090),
          isDefault: true,
        },
        {
          name: "Loki",
          uid: "loki",
          type: "loki",
          url: at("loki", 3100),
          // From a log line to its trace.
          jsonData: {
            derivedFields: [
              {
                name: "trace",
                matcherType: "label",
                matcherRegex: "trace_id",
                datasourceUid: "jaeger",
                url: "$${__value.raw}",
              },
            ],
          },
        },
        { name: "Jaeger", uid: "jaeger", type: "jaeger", url: at("jaeger", 16686) },
      ],
    }),
    "dashboards.yaml": stringify({
      apiVersion: 1,
      providers: [{ name: "greenlight", type: "file", disableDeletion: true, options: { path: boardsDir } }],
    }),
  };
}

const fromSecret = (name: string, secret: string, key: string): pod.EnvVar => ({
  name,
  valueFrom: { secretKeyRef: { name: secret, key } },
});

/** Grafana as a workload. @param boards names of the ConfigMaps that hold dashboards */
export function grafanaWorkload(args: GrafanaArgs, boards: string[]): WorkloadArgs {
  const { database } = args;
  const databaseHost = database && `${database.cluster}-rw.${database.namespace}.svc:5432`;
  const prometheus = { podSelector: { matchLabels: { prometheus: "prometheus" } } };
  return {
    name: "grafana",
    system: args.system,
    namespace: monitoringNamespace,
    image: args.image,
    // Without a database of its own each would know its own visitors only.
    replicas: database ? 3 : 1,
    cpu: "100m",
    memory: "512Mi",
    user: 472,
    ports: { http: port },
    metrics: { port: "http" },
    probe: { port: "http", live: "/api/health", ready: "/api/health" },
    env: [
      fromSecret("GF_SECURITY_ADMIN_USER", grafanaSecrets.admin, "user"),
      fromSecret("GF_SECURITY_ADMIN_PASSWORD", grafanaSecrets.admin, "password"),
      { name: "GF_SECURITY_COOKIE_SECURE", value: "true" },
      { name: "GF_SECURITY_STRICT_TRANSPORT_SECURITY", value: "true" },
      { name: "GF_ANALYTICS_REPORTING_ENABLED", value: "false" },
      { name: "GF_ANALYTICS_CHECK_FOR_UPDATES", value: "false" },
      { name: "GF_AUTH_ANONYMOUS_ENABLED", value: "false" },
      { name: "GF_LOG_CONSOLE_FORMAT", value: "json" },
      { name: "GF_PATHS_PROVISIONING", value: "/etc/grafana/provisioning" },
      ...(args.host ? [{ name: "GF_SERVER_ROOT_URL", value: `https://${args.host}/` }] : []),
      ...(databaseHost
        ? [
            { name: "GF_DATABASE_TYPE", value: "postgres" },
            { name: "GF_DATABASE_HOST", value: databaseHost },
            { name: "GF_DATABASE_NAME", value: "grafana" },
            { name: "GF_DATABASE_SSL_MODE", value: "require" },
            fromSecret("GF_DATABASE_USER", grafanaSecrets.database, "username"),
            fromSecret("GF_DATABASE_PASSWORD", grafanaSecrets.database, "password"),
          ]
        : []),
    ],
    volumes: [
      {
        name: "provisioning",
        mountPath: "/etc/grafana/provisioning",
        configMap: {
          name: "grafana-provisioning",
          items: [
            { key: "datasources.yaml", path: "datasources/datasources.yaml" },
            { key: "dashboards.yaml", path: "dashboards/dashboards.yaml" },
          ],
        },
      },
      {
        name: "dashboards",
        mountPath: boardsDir,
        projected: { sources: boards.map(name => ({ configMap: { name } })) },
      },
    ],
    scratch: { "/var/lib/grafana": "512Mi" },
    ingress: [{ from: [pod.namespaceNamed("gateway"), prometheus], ports: pod.tcp(port) }],
    egress: [
      { to: [{ podSelector: { matchLabels: { prometheus: "prometheus" } } }], ports: pod.tcp(9090) },
      { to: [pod.podsNamed("loki")], ports: pod.tcp(3100) },
      { to: [pod.podsNamed("jaeger")], ports: pod.tcp(16686) },
      ...(database
        ? [
            {
              to: [
                {
                  ...pod.namespaceNamed(database.namespace),
                  podSelector: { matchLabels: { "cnpg.io/cluster": database.cluster } },
                },
              ],
              ports: pod.tcp(5432),
            },
          ]
        : []),
    ],
  };
}
