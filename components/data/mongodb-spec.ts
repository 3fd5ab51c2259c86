import { sha256 } from "../../model/canonical";
import { parseQuantity } from "../../model/quantity";
import { votersNeeded } from "../../model/topology";
import type { BackupPlan } from "../backup/plan";
import { backupAnnotations } from "../backup/plan";
import { refuse, serviceLabels, withDefaults } from "../component";
import * as pod from "../pod";
import { mongodbAlerts } from "./mongodb-alerts";
import { mongodbJobs } from "./mongodb-jobs";
import { drillName, mongodbRestore } from "./mongodb-restore";
import { membersOf, setSpec } from "./mongodb-set";

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
/** The objects of the replica set as plain data. Source: docs.percona.com, "Custom Resource options". */
export function mongodbSpec(args: MongodbArgs, plan: BackupPlan) {
  const a = withDefaults(mongodbDefaults, args);
  refuseBad(a);
  const { name, namespace } = a;
  const labels = serviceLabels(a.system, name);
  const metadata = { name, namespace, labels };
  const about = backupAnnotations(`${namespace}/${name}`, plan.mongodb);
  const selector = membersOf(name);
  const set = setSpec(a, plan);
  return {
    serviceAccount: { metadata, automountServiceAccountToken: false },
    cluster: {
      apiVersion: "psmdb.percona.com/v1",
      kind: "PerconaServerMongoDB",
      // Never `delete-psmdb-pvc`: it takes the volumes along.
      metadata: { ...metadata, annotations: about, finalizers: ["percona.com/delete-psmdb-pods-in-order"] },
      spec: {
        ...set,
        enableVolumeExpansion: true,
        backup: {
          ...set.backup,
          pitr: { enabled: true, oplogSpanMin: 5, compressionType: "gzip" },
          tasks: tasksOf(plan),
        },
      },
    },
    networkPolicies: networkPolicies(a, labels),
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
    ...mongodbJobs(a, labels),
    ...mongodbRestore(a, plan, labels),
  };
}

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

type Sized = MongodbArgs & typeof mongodbDefaults;

function networkPolicies(a: Sized, labels: Record<string, string>) {
  // The set that a drill restores into is let to the same: its own members, the operator, the job and the bucket.
  const members = {
    podSelector: {
      matchLabels: { "app.kubernetes.io/component": "mongod" },
      matchExpressions: [{ key: "app.kubernetes.io/instance", operator: "In", values: [a.name, drillName(a.name)] }],
    },
  };
  const jobs = { podSelector: { matchLabels: jobLabels(a.name) } };
  const operator = pod.namespaceNamed("psmdb-system");
  const policy = (suffix: string, { podSelector }: { podSelector: object }, ingress: object[], egress: object[]) => ({
    metadata: { name: `${a.name}${suffix}`, namespace: a.namespace, labels },
    spec: { podSelector, policyTypes: ["Ingress", "Egress"], ingress, egress },
  });
  return {
    members: policy(
      "",
      members,
      [
        { from: [members, jobs, operator, ...pod.servicesNamed(a.clients)], ports: pod.tcp(mongodbPort) },
        { from: [pod.namespaceNamed("monitoring")], ports: pod.tcp(9216) },
      ],
      [
        { to: [members], ports: pod.tcp(mongodbPort) },
        { to: [pod.outside], ports: pod.tcp(443) },
      ],
    ),
    jobs: policy(
      "-jobs",
      jobs,
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
  // The operator's names for the set that the restore drill makes have to fit too.
  if (`${drillName(a.name)}-rs0`.length > 50)
    faults.push({ propertyPath: "name", reason: `name is "${a.name}"; need at most 40 characters` });
  for (const key of ["cpu", "memory", "storage"] as const)
    if (!(parseQuantity(a[key]) ?? 0))
      faults.push({
        propertyPath: key,
        reason: `${key} is "${a[key]}"; need a quantity above zero such as "${mongodbDefaults[key]}"`,
      });
  refuse(`mongodb ${a.name}`, faults);
}
