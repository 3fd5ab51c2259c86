import { parseQuantity } from "../../model/quantity";
import { votersNeeded } from "../../model/topology";
import { cronJobSpec, targetEnv } from "../backup/job";
import type { BackupPlan } from "../backup/plan";
import { backupAnnotations } from "../backup/plan";
import { refuse, serviceLabels, withDefaults } from "../component";
import { priorityClass } from "../delivery/priority";
import * as pod from "../pod";
import { leafSpec } from "../security/certificates";
import { generatedSecretSpecs } from "../security/secrets";
import * as scripts from "./redis-scripts";
import { dataPort, metricsPort, redisPolicy, sentinelPort } from "./redis-network";
import { redisAlerts } from "./redis-alerts";

/** A Redis-compatible store: three servers, three sentinels, TLS, persistence, backups. */
export interface RedisArgs {
  name: string;
  system: string;
  namespace: string;
  /** Images by digest: the server (Valkey, or Redis up to 7.2), the metrics exporter, an AWS command line. */
  images: { server: string; exporter: string; aws: string };
  /** Servers, and sentinels; odd, at least three: two cannot outvote one. @default 3 */
  replicas?: number;
  /** Memory of a server; it uses 60 % itself, because a fork for a dump copies. @default "1Gi" */
  memory?: string;
  /** Size of each data volume. @default "4Gi" */
  storage?: string;
  storageClass?: string;
  /** `store` keeps every key and refuses writes when full; `cache` drops the least used. @default "store" */
  profile?: "store" | "cache";
  /** Services of this or other namespaces that may connect: `namespace/name`. */
  clients?: string[];
}

export const redisDefaults = {
  replicas: 3,
  memory: "1Gi",
  storage: "4Gi",
  storageClass: "general",
  profile: "store" as "store" | "cache",
};

/** Valkey's own user in its image. */
const user = 999;

/** The objects of the store as plain data. */
export function redisSpec(args: RedisArgs, plan: BackupPlan) {
  const a = withDefaults(redisDefaults, args);
  refuseBad(a);
  const { name, namespace } = a;
  const labels = serviceLabels(a.system, name);
  const selector = { "app.kubernetes.io/name": name, "app.kubernetes.io/component": "server" };
  const metadata = { name, namespace, labels };
  const own = (suffix: string, component = suffix) => ({
    name: `${name}-${suffix}`,
    namespace,
    labels: { ...labels, "app.kubernetes.io/component": component },
  });
  const ordinals = Array.from({ length: a.replicas }, (_, index) => index);
  const env = [
    { name: "NAME", value: name },
    { name: "REPLICAS", value: String(a.replicas) },
    { name: "PASSWORD", valueFrom: { secretKeyRef: { name: `${name}-auth`, key: "password" } } },
  ];
  const mount = (volume: string, mountPath: string, readOnly = false) => ({
    name: volume,
    mountPath,
    ...(readOnly ? { readOnly } : {}),
  });
  const shared = [mount("config", "/config", true), mount("tls", "/tls", true), mount("tmp", "/tmp")];
  const probe = (script: string, failureThreshold: number, periodSeconds = 5) => ({
    exec: { command: ["/bin/sh", "-c", script] },
    periodSeconds,
    timeoutSeconds: 5,
    failureThreshold,
  });
  const bytes = Math.floor(parseQuantity(a.memory)! * 0.6);
  const volumes = [
    { name: "config", configMap: { name: `${name}-config`, defaultMode: 0o555 } },
    { name: "tls", secret: { secretName: `${name}-tls`, defaultMode: 0o440 } },
    { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
  ];
  const claim = (claimName: string, storage: string) => ({
    metadata: { name: claimName, labels },
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName: a.storageClass,
      resources: { requests: { storage } },
    },
  });
  const s3 = targetEnv(plan.target);
  const tlsVolume = { name: "tls", secret: { secretName: `${name}-tls`, defaultMode: 0o440 } };
  const tlsMount = [mount("tls", "/tls", true)];
  const job = (
    suffix: string,
    schedule: string,
    steps: Parameters<typeof cronJobSpec>[0]["steps"],
    about: object = {},
  ) =>
    cronJobSpec({
      metadata: { ...own(suffix, "job"), annotations: { ...about } },
      schedule,
      steps,
      volumes: [tlsVolume],
      account: name,
      room: a.memory,
      deadlineSeconds: 1_500,
      user,
    });
  const about = backupAnnotations(`${namespace}/${name}`, plan.redis);
  const serverStep = (stepName: string, script: string) => ({
    name: stepName,
    image: a.images.server,
    script,
    env,
    mounts: tlsMount,
  });
  const awsStep = (stepName: string, script: string) => ({ name: stepName, image: a.images.aws, script, env: s3 });
  const prefix = `redis/${name}`;
  return {
    ...generatedSecretSpecs({ name: `${name}-auth`, namespace, labels }, ["password"]),
    certificate: leafSpec({
      name,
      namespace,
      labels,
      dnsNames: [
        "localhost",
        ...[name, `${name}-peers`, ...ordinals.map(n => `${name}-${n}`)].flatMap(host => [
          host,
          `${host}.${namespace}.svc`,
          `${host}.${namespace}.svc.cluster.local`,
        ]),
        `*.${name}-peers`,
        `*.${name}-peers.${namespace}.svc.cluster.local`,
      ],
    }),
    config: {
      metadata: own("config"),
      data: {
        "valkey.conf": scripts.serverConfig(String(bytes), a.profile === "cache" ? "allkeys-lru" : "noeviction"),
        "sentinel.conf": scripts.sentinelConfig,
        "start-server.sh": scripts.startServer,
        "start-sentinel.sh": scripts.startSentinel,
        "hand-over.sh": scripts.handOver,
      },
    },
    serviceAccount: { metadata, automountServiceAccountToken: false },
    peers: {
      metadata: own("peers"),
      spec: {
        clusterIP: "None",
        // Pods find each other before they are ready: that is how they become ready.
        publishNotReadyAddresses: true,
        selector,
        ports: ports(),
      },
    },
    // An address a pod keeps over restarts: sentinels remember addresses, and pods' own change.
    announce: ordinals.map(n => ({
      metadata: { ...own(String(n), "announce"), annotations: { "pulumi.com/skipAwait": "true" } },
      spec: {
        type: "ClusterIP",
        publishNotReadyAddresses: true,
        selector: { ...selector, "statefulset.kubernetes.io/pod-name": `${name}-${n}` },
        ports: ports(),
      },
    })),
    statefulSet: {
      metadata,
      spec: {
        serviceName: `${name}-peers`,
        replicas: a.replicas,
        // A server waits until a majority of the sentinels answers; one after another they would wait for ever.
        podManagementPolicy: "Parallel",
        updateStrategy: { type: "RollingUpdate" },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
        selector: { matchLabels: selector },
        template: {
          metadata: { labels: { ...labels, ...selector } },
          spec: {
            serviceAccountName: name,
            priorityClassName: priorityClass(a.system, "vital"),
            automountServiceAccountToken: false,
            terminationGracePeriodSeconds: 90,
            securityContext: pod.restrictedPod(user),
            affinity: pod.hostAntiAffinity(selector),
            topologySpreadConstraints: [pod.zoneSpread(selector)],
            containers: [
              {
                name: "server",
                image: a.images.server,
                command: ["/config/start-server.sh"],
                env,
                ports: [{ name: "redis", containerPort: dataPort, protocol: "TCP" }],
                resources: pod.resources("250m", a.memory),
                startupProbe: probe(scripts.serverLives, 60),
                livenessProbe: probe(scripts.serverLives, 6),
                readinessProbe: probe(scripts.serverReady, 2),
                lifecycle: { preStop: { exec: { command: ["/config/hand-over.sh"] } } },
                securityContext: pod.restrictedContainer(),
                volumeMounts: [mount("data", "/data"), ...shared],
              },
              {
                name: "sentinel",
                image: a.images.server,
                command: ["/config/start-sentinel.sh"],
                env,
                ports: [{ name: "sentinel", containerPort: sentinelPort, protocol: "TCP" }],
                resources: pod.resources("50m", "128Mi"),
                startupProbe: probe(scripts.sentinelLives, 60),
                livenessProbe: probe(scripts.sentinelLives, 6, 10),
                readinessProbe: probe(scripts.sentinelLives, 2),
                securityContext: pod.restrictedContainer(),
                volumeMounts: [mount("sentinel", "/sentinel"), ...shared],
              },
              {
                name: "exporter",
                image: a.images.exporter,
                env: [
                  { name: "REDIS_ADDR", value: `rediss://localhost:${dataPort}` },
                  { name: "REDIS_EXPORTER_TLS_CA_CERT_FILE", value: "/tls/ca.crt" },
                  { name: "REDIS_PASSWORD", valueFrom: env[2]!.valueFrom! },
                ],
                ports: [{ name: "metrics", containerPort: metricsPort, protocol: "TCP" }],
                resources: pod.resources("50m", "64Mi"),
                livenessProbe: { httpGet: { path: "/health", port: "metrics" }, periodSeconds: 15, timeoutSeconds: 3 },
                readinessProbe: { httpGet: { path: "/health", port: "metrics" }, periodSeconds: 10, timeoutSeconds: 3 },
                securityContext: pod.restrictedContainer(),
                volumeMounts: [mount("tls", "/tls", true)],
              },
            ],
            volumes,
          },
        },
        volumeClaimTemplates: [claim("data", a.storage), claim("sentinel", "64Mi")],
      },
    },
    disruptionBudget: pod.oneAtATime(metadata, selector),
    networkPolicy: redisPolicy(a, labels),
    monitor: {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "ServiceMonitor",
      metadata,
      spec: {
        selector: { matchLabels: { ...labels, "app.kubernetes.io/component": "peers" } },
        endpoints: [{ port: "metrics", interval: "30s" }],
      },
    },
    alerts: pod.alertRules("redis", metadata, redisAlerts(name, namespace, plan.redis)),
    backup: job(
      "backup",
      plan.redis.frequent,
      [serverStep("dump", scripts.dump), awsStep("upload", scripts.upload(prefix))],
      about,
    ),
    fullBackup: job(
      "backup-full",
      plan.redis.full,
      [serverStep("dump", scripts.dump), awsStep("upload", scripts.upload(`${prefix}-weekly`))],
      about,
    ),
    drill: job(
      "restore-drill",
      plan.redis.drill,
      [awsStep("fetch", scripts.fetch(prefix)), serverStep("verify", scripts.verify(plan.redis.provable.rpoMinutes))],
      {
        "greenlight.dev/restores": `${namespace}/${name}`,
      },
    ),
    heartbeat: job("heartbeat", "* * * * *", [serverStep("beat", scripts.heartbeat)]),
  };
}

const ports = () => [
  { name: "redis", port: dataPort, targetPort: "redis", protocol: "TCP" },
  { name: "sentinel", port: sentinelPort, targetPort: "sentinel", protocol: "TCP" },
  { name: "metrics", port: metricsPort, targetPort: "metrics", protocol: "TCP" },
];

function refuseBad(a: RedisArgs & typeof redisDefaults): void {
  const faults: { propertyPath: string; reason: string }[] = [];
  const needed = votersNeeded(a.replicas);
  if (needed) faults.push({ propertyPath: "replicas", reason: `replicas is ${a.replicas}; need ${needed}` });
  for (const key of ["memory", "storage"] as const)
    if (!(parseQuantity(a[key]) ?? 0))
      faults.push({
        propertyPath: key,
        reason: `${key} is "${a[key]}"; need a quantity above zero such as "${redisDefaults[key]}"`,
      });
  refuse(`redis ${a.name}`, faults);
}
