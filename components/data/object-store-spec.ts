import { parseQuantity } from "../../model/quantity";
import { erasureNeeded, erasureParity } from "../../model/topology";
import type { CronArgs } from "../backup/job";
import { cronJobSpec, targetEnv } from "../backup/job";
import { connect, makeBuckets, mirror, restore } from "./object-store-scripts";
import type { BackupPlan } from "../backup/plan";
import { backupAnnotations } from "../backup/plan";
import { refuse, serviceLabels, withDefaults } from "../component";
import { priorityClass } from "../delivery/priority";
import * as pod from "../pod";
import { leafSpec } from "../security/certificates";
import { generatedSecretSpecs } from "../security/secrets";
import { objectStoreAlerts } from "./object-store-alerts";

/** An S3-compatible store of one erasure set: six servers of two drives over three zones lose a zone and go on. */
export interface ObjectStoreArgs {
  name: string;
  system: string;
  namespace: string;
  /** Images by digest: the server, and a client that has `mc` and a shell. */
  images: { server: string; client: string };
  /** Servers; cannot change later. @default 6 */
  servers?: number;
  /** Drives of each server; cannot change later. @default 2 */
  drives?: number;
  /** Size of each drive. @default "20Gi" */
  drive?: string;
  storageClass?: string;
  memory?: string;
  /** Buckets that are made, versioned. */
  buckets: string[];
  /** Services that may connect: `namespace/name`. */
  clients?: string[];
}

export const objectStoreDefaults = {
  servers: 6,
  drives: 2,
  drive: "20Gi",
  storageClass: "object-store",
  memory: "1Gi",
};

export const storePort = 9000;

/** The objects of the store as plain data. */
export function objectStoreSpec(args: ObjectStoreArgs, plan: BackupPlan) {
  const a = withDefaults(objectStoreDefaults, args);
  refuseBad(a);
  const { name, namespace } = a;
  const labels = serviceLabels(a.system, name);
  const selector = { "app.kubernetes.io/name": name, "app.kubernetes.io/component": "server" };
  const metadata = { name, namespace, labels };
  const own = (suffix: string, component = suffix, annotations: Record<string, string> = {}) => ({
    name: `${name}-${suffix}`,
    namespace,
    labels: { ...labels, "app.kubernetes.io/component": component },
    annotations,
  });
  const peers = `${name}-peers.${namespace}.svc.cluster.local`;
  const drives = Array.from({ length: a.drives }, (_, index) => `drive-${index}`);
  const root = ["user", "password"].map(key => ({
    name: `MINIO_ROOT_${key.toUpperCase()}`,
    valueFrom: { secretKeyRef: { name: `${name}-root`, key } },
  }));
  const probe = (path: string, failureThreshold: number) => ({
    httpGet: { path, port: "s3", scheme: "HTTPS" },
    periodSeconds: 10,
    timeoutSeconds: 5,
    failureThreshold,
  });
  const certs = {
    name: "tls",
    secret: {
      secretName: `${name}-tls`,
      defaultMode: 0o440,
      items: [
        { key: "tls.crt", path: "public.crt" },
        { key: "tls.key", path: "private.key" },
        { key: "ca.crt", path: "CAs/ca.crt" },
      ],
    },
  };
  const about = backupAnnotations(`${namespace}/${name}`, plan.objectStore);
  const clientEnv = [
    ...root,
    { name: "STORE", value: `https://${name}.${namespace}.svc:${storePort}` },
    ...targetEnv(plan.target),
  ];
  const job = (suffix: string, schedule: string, script: string, annotations: Record<string, string> = {}) =>
    cronJobSpec({
      metadata: own(suffix, "job", annotations) satisfies CronArgs["metadata"],
      schedule,
      steps: [
        {
          name: "run",
          image: a.images.client,
          script: connect + script,
          env: clientEnv,
          mounts: [{ name: "tls", mountPath: "/scratch/mc/certs/CAs", readOnly: true }],
        },
      ],
      volumes: [{ name: "tls", secret: { secretName: `${name}-tls`, items: [{ key: "ca.crt", path: "ca.crt" }] } }],
      account: name,
      room: "1Gi",
      deadlineSeconds: 3_600,
      user: 1000,
    });
  return {
    ...generatedSecretSpecs({ name: `${name}-root`, namespace, labels }, ["user", "password"]),
    certificate: leafSpec({
      name,
      namespace,
      labels,
      dnsNames: [
        name,
        `${name}.${namespace}`,
        `${name}.${namespace}.svc`,
        `${name}.${namespace}.svc.cluster.local`,
        `*.${peers}`,
      ],
    }),
    serviceAccount: { metadata, automountServiceAccountToken: false },
    peers: {
      metadata: own("peers"),
      spec: { clusterIP: "None", publishNotReadyAddresses: true, selector, ports: ports() },
    },
    service: { metadata, spec: { type: "ClusterIP", selector, ports: ports() } },
    statefulSet: {
      metadata,
      spec: {
        serviceName: `${name}-peers`,
        replicas: a.servers,
        // All at once: none is ready before enough of them are.
        podManagementPolicy: "Parallel",
        updateStrategy: { type: "RollingUpdate" },
        minReadySeconds: 10,
        persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
        selector: { matchLabels: selector },
        template: {
          metadata: { labels: { ...labels, ...selector } },
          spec: {
            serviceAccountName: name,
            priorityClassName: priorityClass(a.system, "vital"),
            automountServiceAccountToken: false,
            terminationGracePeriodSeconds: 60,
            securityContext: pod.restrictedPod(1000),
            topologySpreadConstraints: [pod.zoneSpread(selector)],
            containers: [
              {
                name: "server",
                image: a.images.server,
                // Arguments only: forks of the server have other names for the program.
                args: [
                  "server",
                  `https://${name}-{0...${a.servers - 1}}.${peers}:${storePort}/drives/{0...${a.drives - 1}}`,
                  "--certs-dir",
                  "/certs",
                  "--address",
                  `:${storePort}`,
                ],
                env: [
                  ...root,
                  { name: "MINIO_STORAGE_CLASS_STANDARD", value: `EC:${erasureParity}` },
                  { name: "MINIO_BROWSER", value: "off" },
                  { name: "MINIO_PROMETHEUS_AUTH_TYPE", value: "public" },
                ],
                ports: [{ name: "s3", containerPort: storePort, protocol: "TCP" }],
                resources: pod.resources("250m", a.memory),
                startupProbe: probe("/minio/health/live", 60),
                livenessProbe: probe("/minio/health/live", 6),
                readinessProbe: probe("/minio/health/ready", 2),
                lifecycle: { preStop: { sleep: { seconds: 5 } } },
                securityContext: pod.restrictedContainer(),
                volumeMounts: [
                  ...drives.map((drive, index) => ({ name: drive, mountPath: `/drives/${index}` })),
                  { name: "tls", mountPath: "/certs", readOnly: true },
                  { name: "tmp", mountPath: "/tmp" },
                ],
              },
            ],
            volumes: [certs, { name: "tmp", emptyDir: { sizeLimit: "256Mi" } }],
          },
        },
        volumeClaimTemplates: drives.map(drive => ({
          metadata: { name: drive, labels },
          spec: {
            accessModes: ["ReadWriteOnce"],
            storageClassName: a.storageClass,
            resources: { requests: { storage: a.drive } },
          },
        })),
      },
    },
    disruptionBudget: {
      metadata,
      spec: {
        // A zone's servers: what the parity survives, and what a drained zone takes (docs/decisions/0009).
        maxUnavailable: a.servers / 3,
        selector: { matchLabels: selector },
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      },
    },
    networkPolicy: networkPolicy(a, labels),
    monitor: {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "ServiceMonitor",
      metadata,
      spec: {
        selector: { matchLabels: { ...labels, "app.kubernetes.io/component": "peers" } },
        endpoints: ["cluster", "node"].map(scope => ({
          port: "s3",
          scheme: "https",
          path: `/minio/v2/metrics/${scope}`,
          interval: "30s",
          tlsConfig: { ca: { secret: { name: `${name}-tls`, key: "ca.crt" } }, serverName: `${name}.${namespace}.svc` },
        })),
      },
    },
    alerts: pod.alertRules("object-store", metadata, objectStoreAlerts(name, namespace, plan.objectStore)),
    buckets: job("buckets", "@hourly", makeBuckets(a.buckets)),
    backup: job("mirror", plan.objectStore.frequent, mirror(a.buckets, name), about),
    fullBackup: job("mirror-full", plan.objectStore.full, mirror(a.buckets, `${name}-weekly`), about),
    drill: job("restore-drill", plan.objectStore.drill, restore(a.buckets, name), {
      "greenlight.dev/restores": `${namespace}/${name}`,
    }),
  };
}

const ports = () => [{ name: "s3", port: storePort, targetPort: "s3", protocol: "TCP" }];

function networkPolicy(a: ObjectStoreArgs, labels: Record<string, string>) {
  const all = { matchLabels: { "app.kubernetes.io/name": a.name, "app.kubernetes.io/part-of": a.system } };
  const clients = pod.servicesNamed(a.clients);
  return {
    metadata: { name: a.name, namespace: a.namespace, labels },
    spec: {
      podSelector: all,
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        { from: [{ podSelector: all }, pod.namespaceNamed("monitoring"), ...clients], ports: pod.tcp(storePort) },
      ],
      egress: [
        { to: [{ podSelector: all }], ports: pod.tcp(storePort) },
        { to: [pod.outside], ports: pod.tcp(443) },
      ],
    },
  };
}

function refuseBad(a: ObjectStoreArgs & typeof objectStoreDefaults): void {
  const faults: { propertyPath: string; reason: string }[] = [];
  const needed = erasureNeeded(a.servers, a.drives);
  if (needed)
    faults.push({
      propertyPath: "servers",
      reason: `servers is ${a.servers} of ${a.drives} drives; need ${needed}`,
    });
  for (const key of ["drive", "memory"] as const)
    if (!(parseQuantity(a[key]) ?? 0))
      faults.push({
        propertyPath: key,
        reason: `${key} is "${a[key]}"; need a quantity above zero such as "${objectStoreDefaults[key]}"`,
      });
  refuse(`object store ${a.name}`, faults);
}
