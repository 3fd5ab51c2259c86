import { sha256 } from "../../model/canonical";
import { parseQuantity } from "../../model/quantity";
import { votersNeeded } from "../../model/topology";
import type { BackupPlan } from "../backup/plan";
import { backupAnnotations } from "../backup/plan";
import { refuse, serviceLabels, withDefaults } from "../component";
import { priorityClass } from "../delivery/priority";
import * as pod from "../pod";
import { internalIssuer } from "../security/certificates";
import { mongodbAlerts } from "./mongodb-alerts";
import { mongodbJobs } from "./mongodb-jobs";

/** A MongoDB replica set under Percona's operator: three members, TLS required, oplog shipped without pause. */
export interface MongodbArgs {
  name: string;
  system: string;
  namespace: string;
  /** Images by digest: the server, its backup agent, its exporter, and a kubectl with a shell for the drill. */
  images: { server: string; backup: string; exporter: string; kubectl: string };
  /** Members; odd, at least three: two cannot elect. @default 3 */
  members?: number;
  cpu?: string;
  memory?: string;
  /** Size of each data volume. @default "20Gi" */
  storage?: string;
  storageClass?: string;
  /** Services that may connect: `namespace/name`. */
  clients?: string[];
}

export const mongodbDefaults = { members: 3, cpu: "500m", memory: "2Gi", storage: "20Gi", storageClass: "general" };

/** Members of a replica set that have a vote. */
const mostVoters = 7;
export const mongodbPort = 27017;
/** Version of the operator's interface that the spec is written in; the operator converts nothing by itself. */
const crVersion = "1.22.0";
/** The user of Percona's images. */
export const mongodbUser = 1001;

const restricted = () => ({ ...pod.restrictedPod(mongodbUser) });

/** The objects of the replica set as plain data. Source: docs.percona.com, "Custom Resource options". */
export function mongodbSpec(args: MongodbArgs, plan: BackupPlan) {
  const a = withDefaults(mongodbDefaults, args);
  refuseBad(a);
  const { name, namespace } = a;
  const labels = serviceLabels(a.system, name);
  const metadata = { name, namespace, labels };
  const about = backupAnnotations(`${namespace}/${name}`, plan.mongodb);
  const selector = { "app.kubernetes.io/instance": name, "app.kubernetes.io/component": "mongod" };
  return {
    serviceAccount: { metadata, automountServiceAccountToken: false },
    cluster: {
      apiVersion: "psmdb.percona.com/v1",
      kind: "PerconaServerMongoDB",
      // Never `delete-psmdb-pvc`: it takes the volumes along.
      metadata: { ...metadata, annotations: about, finalizers: ["percona.com/delete-psmdb-pods-in-order"] },
      spec: {
        crVersion,
        image: a.images.server,
        updateStrategy: "SmartUpdate",
        // Versions change here and nowhere else.
        upgradeOptions: { apply: "disabled", setFCV: false },
        enableVolumeExpansion: true,
        secrets: { users: `${name}-users`, encryptionKey: `${name}-encryption` },
        tls: {
          mode: "requireTLS",
          certValidityDuration: "2160h",
          issuerConf: { name: internalIssuer.name, kind: internalIssuer.kind, group: internalIssuer.group },
        },
        replsets: [replicaSet(a, selector)],
        sharding: { enabled: false },
        backup: {
          enabled: true,
          image: a.images.backup,
          containerSecurityContext: pod.restrictedContainer(),
          podSecurityContext: restricted(),
          resources: pod.resources("100m", "512Mi"),
          storages: { offsite: storageOf(plan, name) },
          pitr: { enabled: true, oplogSpanMin: 5, compressionType: "gzip" },
          tasks: tasksOf(plan),
        },
      },
    },
    networkPolicies: networkPolicies(a, labels, selector),
    monitor: {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PodMonitor",
      metadata,
      spec: {
        selector: { matchLabels: selector },
        podMetricsEndpoints: [
          {
            port: "metrics",
            interval: "30s",
            relabelings: [{ targetLabel: "cluster", replacement: name, action: "replace" }],
          },
        ],
      },
    },
    alerts: pod.alertRules("mongodb", metadata, mongodbAlerts(name, namespace, plan.mongodb, a.members)),
    ...mongodbJobs(a, plan, labels),
  };
}

type Sized = MongodbArgs & typeof mongodbDefaults;

function replicaSet(a: Sized, selector: Record<string, string>) {
  return {
    name: "rs0",
    size: a.members,
    serviceAccountName: a.name,
    priorityClassName: priorityClass(a.system, "vital"),
    configuration: [
      "operationProfiling:",
      "  mode: slowOp",
      "  slowOpThresholdMs: 200",
      "security:",
      "  redactClientLogData: true",
    ].join("\n"),
    affinity: { antiAffinityTopologyKey: "kubernetes.io/hostname" },
    topologySpreadConstraints: [pod.zoneSpread(selector)],
    podDisruptionBudget: { maxUnavailable: 1 },
    terminationGracePeriodSeconds: 300,
    podSecurityContext: restricted(),
    containerSecurityContext: { ...pod.restrictedContainer(), readOnlyRootFilesystem: false },
    resources: pod.resources(a.cpu, a.memory),
    storage: { engine: "wiredTiger", wiredTiger: { engineConfig: { cacheSizeRatio: 0.5 } } },
    volumeSpec: {
      persistentVolumeClaim: {
        storageClassName: a.storageClass,
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: a.storage } },
      },
    },
    sidecars: [
      {
        name: "metrics",
        image: a.images.exporter,
        args: ["--collect-all", "--discovering-mode", "--compatible-mode"],
        env: [
          {
            name: "MONGODB_USER",
            valueFrom: { secretKeyRef: { name: `${a.name}-users`, key: "MONGODB_CLUSTER_MONITOR_USER" } },
          },
          {
            name: "MONGODB_PASSWORD",
            valueFrom: { secretKeyRef: { name: `${a.name}-users`, key: "MONGODB_CLUSTER_MONITOR_PASSWORD" } },
          },
          {
            name: "MONGODB_URI",
            value: "mongodb://localhost:27017/admin?tls=true&tlsCAFile=/tls/ca.crt&tlsInsecure=true",
          },
        ],
        ports: [{ name: "metrics", containerPort: 9216, protocol: "TCP" }],
        resources: pod.resources("50m", "128Mi"),
        securityContext: pod.restrictedContainer(),
        volumeMounts: [{ name: "ssl", mountPath: "/tls", readOnly: true }],
      },
    ],
  };
}

const storageOf = (plan: BackupPlan, name: string) => ({
  type: "s3",
  main: true,
  s3: {
    bucket: plan.target.bucket,
    prefix: `mongodb/${name}`,
    ...(plan.target.region ? { region: plan.target.region } : {}),
    ...(plan.target.endpoint ? { endpointUrl: plan.target.endpoint } : {}),
    ...(plan.target.credentials ? { credentialsSecret: plan.target.credentials } : {}),
    ...(plan.target.encryption === "AES256"
      ? { serverSideEncryption: { sseAlgorithm: "AES256" } }
      : { serverSideEncryption: { sseAlgorithm: "aws:kms" } }),
  },
});

/**
 * The weekly base, the daily increments on it, and a logical copy that any version can read. The operator compares a
 * task's schedule and storage only, so a task that is changed in any other way gets a name of its own: the hash.
 */
function tasksOf(plan: BackupPlan) {
  const { frequent, full, retentionDays } = plan.mongodb;
  const weeks = Math.ceil(retentionDays / 7) + 1;
  const kept = { retention: { type: "count", count: weeks, deleteFromStorage: true } };
  const task = (kind: string, fields: object) => ({
    name: `${kind}-${sha256(JSON.stringify(fields)).slice(0, 8)}`,
    enabled: true,
    storageName: "offsite",
    compressionType: "gzip",
    ...fields,
  });
  return [
    task("weekly", { type: "incremental-base", schedule: full, ...kept }),
    // How long increments are kept follows their base; a retention of their own would be ignored.
    task("daily", { type: "incremental", schedule: frequent }),
    task("logical", { type: "logical", schedule: logicalSchedule, ...kept }),
  ];
}

/** A day after the base: both read everything, and not at once. */
const logicalSchedule = "0 4 * * 1";

function networkPolicies(a: Sized, labels: Record<string, string>, selector: Record<string, string>) {
  const members = { podSelector: { matchLabels: selector } };
  const operator = pod.namespaceNamed("psmdb-system");
  const policy = (suffix: string, podSelector: object, ingress: object[], egress: object[]) => ({
    metadata: { name: `${a.name}${suffix}`, namespace: a.namespace, labels },
    spec: { podSelector, policyTypes: ["Ingress", "Egress"], ingress, egress },
  });
  return {
    members: policy(
      "",
      { matchLabels: selector },
      [
        { from: [members, operator, ...pod.servicesNamed(a.clients)], ports: pod.tcp(mongodbPort) },
        { from: [{ podSelector: { matchLabels: jobLabels(a.name) } }], ports: pod.tcp(mongodbPort) },
        { from: [pod.namespaceNamed("monitoring")], ports: pod.tcp(9216) },
      ],
      [
        { to: [members], ports: pod.tcp(mongodbPort) },
        { to: [pod.outside], ports: pod.tcp(443) },
      ],
    ),
    jobs: policy(
      "-jobs",
      { matchLabels: jobLabels(a.name) },
      [],
      [
        { to: [members], ports: pod.tcp(mongodbPort) },
        { to: [pod.outside, pod.namespaceNamed("default")], ports: pod.tcp(443, 6443) },
      ],
    ),
  };
}

const jobLabels = (name: string) => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/component": "job",
});

function refuseBad(a: Sized): void {
  const faults: { propertyPath: string; reason: string }[] = [];
  const needed = votersNeeded(a.members, mostVoters);
  if (needed) faults.push({ propertyPath: "members", reason: `members is ${a.members}; need ${needed}` });
  if (`${a.name}-rs0`.length > 50)
    faults.push({ propertyPath: "name", reason: `name is "${a.name}"; need at most 46 characters` });
  for (const key of ["cpu", "memory", "storage"] as const)
    if (!(parseQuantity(a[key]) ?? 0))
      faults.push({
        propertyPath: key,
        reason: `${key} is "${a[key]}"; need a quantity above zero such as "${mongodbDefaults[key]}"`,
      });
  refuse(`mongodb ${a.name}`, faults);
}
