import type { CronArgs } from "../backup/job";
import { cronJobSpec } from "../backup/job";
import type { BackupPlan } from "../backup/plan";
import * as pod from "../pod";
import type { MongodbArgs } from "./mongodb-spec";

type Sized = MongodbArgs & { members: number; storage: string; storageClass: string };

/** The user of Percona's images. */
const user = 1001;
const group = "psmdb.percona.com";

/** What runs by the clock beside a replica set: a heartbeat, and a drill that restores it into a set of its own. */
export function mongodbJobs(a: Sized, plan: BackupPlan, labels: Record<string, string>) {
  const own = (suffix: string, annotations: Record<string, string> = {}) => ({
    name: `${a.name}-${suffix}`,
    namespace: a.namespace,
    labels: { ...labels, "app.kubernetes.io/component": "job" },
    annotations,
  });
  const account = own("drill");
  return {
    heartbeat: heartbeatSpec(a, own("heartbeat")),
    jobsAccount: { metadata: own("jobs"), automountServiceAccountToken: false },
    drillAccount: { metadata: account, automountServiceAccountToken: false },
    drillRole: {
      metadata: account,
      rules: [
        {
          apiGroups: [group],
          resources: ["perconaservermongodbs", "perconaservermongodbrestores"],
          verbs: ["create", "get", "list", "delete"],
        },
        { apiGroups: [group], resources: ["perconaservermongodbbackups"], verbs: ["get", "list"] },
      ],
    },
    drillBinding: {
      metadata: account,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: account.name },
      subjects: [{ kind: "ServiceAccount", name: account.name, namespace: a.namespace }],
    },
    drillPlan: {
      metadata: own("drill-plan"),
      data: { "restore.json": JSON.stringify(restoreObjects(a, plan), null, 2) },
    },
    drill: drillSpec(a, plan, own("restore-drill", { "greenlight.dev/restores": `${a.namespace}/${a.name}` })),
  };
}

/** A document a minute, whose age after a restore says how much was lost. */
function heartbeatSpec(a: Sized, metadata: CronArgs["metadata"]) {
  const script = `set -eu
mongosh --quiet "mongodb://${a.name}-rs0.${a.namespace}.svc.cluster.local/greenlight?replicaSet=rs0&authSource=admin" \\
  --tls --tlsCAFile /tls/ca.crt --username "$USER_NAME" --password "$PASSWORD" --eval '
    db.heartbeat.insertOne({ at: new Date() }, { writeConcern: { w: "majority", wtimeout: 10000 } });
    db.heartbeat.deleteMany({ at: { $lt: new Date(Date.now() - 7 * 86400000) } });'
`;
  return cronJobSpec({
    metadata,
    account: `${a.name}-jobs`,
    schedule: "* * * * *",
    steps: [
      {
        name: "beat",
        image: a.images.server,
        script,
        env: ["USER_NAME:USER", "PASSWORD:PASSWORD"].map(pair => {
          const [name, key] = pair.split(":") as [string, string];
          return {
            name,
            valueFrom: { secretKeyRef: { name: `${a.name}-users`, key: `MONGODB_DATABASE_ADMIN_${key}` } },
          };
        }),
        mounts: [{ name: "tls", mountPath: "/tls", readOnly: true }],
      },
    ],
    volumes: [{ name: "tls", secret: { secretName: `${a.name}-ssl` } }],
    room: "16Mi",
    deadlineSeconds: 50,
    user,
  });
}

/** A set of one's own and the restore into it; the name of the backup is filled in when the drill runs. */
export function restoreObjects(a: Sized, plan: BackupPlan) {
  const name = `${a.name}-drill`;
  const offsite = {
    type: "s3",
    s3: {
      bucket: plan.target.bucket,
      prefix: `mongodb/${a.name}`,
      ...(plan.target.region ? { region: plan.target.region } : {}),
      ...(plan.target.endpoint ? { endpointUrl: plan.target.endpoint } : {}),
      ...(plan.target.credentials ? { credentialsSecret: plan.target.credentials } : {}),
    },
  };
  return {
    apiVersion: "v1",
    kind: "List",
    items: [
      {
        apiVersion: `${group}/v1`,
        kind: "PerconaServerMongoDB",
        metadata: { name, namespace: a.namespace, finalizers: ["percona.com/delete-psmdb-pvc"] },
        spec: {
          crVersion: "1.22.0",
          image: a.images.server,
          secrets: { users: `${a.name}-users`, encryptionKey: `${a.name}-encryption` },
          replsets: [
            {
              name: "rs0",
              size: a.members,
              volumeSpec: {
                persistentVolumeClaim: {
                  storageClassName: a.storageClass,
                  resources: { requests: { storage: a.storage } },
                },
              },
            },
          ],
          backup: { enabled: true, image: a.images.backup, storages: { offsite } },
        },
      },
      {
        apiVersion: `${group}/v1`,
        kind: "PerconaServerMongoDBRestore",
        metadata: { name, namespace: a.namespace },
        spec: {
          clusterName: name,
          storageName: "offsite",
          backupSource: { type: "logical", destination: "@DESTINATION@", s3: offsite.s3 },
          pitr: { type: "latest" },
        },
      },
    ],
  };
}

/** Makes the set, restores the newest logical backup and the oplog after it, asks for the newest heartbeat, clears up. */
function drillSpec(a: Sized, plan: BackupPlan, metadata: CronArgs["metadata"]) {
  const script = `set -eu
kind=perconaservermongodb
name=${a.name}-drill
clear() { kubectl delete "\${kind}restore/$name" "$kind/$name" --ignore-not-found --wait; }
trap clear EXIT
clear
newest=$(kubectl get "\${kind}backup" -o jsonpath='{range .items[?(@.status.state=="ready")]}{.status.completed} {.status.type} {.status.destination}{"\\n"}{end}' \\
  | grep ' logical ' | sort | tail -n 1 | cut -d ' ' -f 3)
[ -n "$newest" ] || { echo "there is no logical backup to restore"; exit 1; }
started=$(date +%s)
sed "s|@DESTINATION@|$newest|" /plan/restore.json | kubectl create -f -
kubectl wait "\${kind}restore/$name" --for=jsonpath='{.status.state}'=ready --timeout=3h
echo "restored $newest in $(( $(date +%s) - started )) s"
latest=$(kubectl get "\${kind}restore/$name" -o jsonpath='{.status.pitrTarget}')
age=$(( ( $(date +%s) - $(date -d "$latest" +%s) ) / 60 ))
echo "restored up to $latest, $age min ago; at most ${plan.mongodb.provable.rpoMinutes} and the restore's own time are promised"
[ "$age" -le $(( ${plan.mongodb.provable.rpoMinutes} + ( $(date +%s) - started ) / 60 + 1 )) ]
`;
  return cronJobSpec({
    metadata,
    schedule: plan.mongodb.drill,
    steps: [
      {
        name: "restore",
        image: a.images.kubectl,
        script,
        mounts: [
          { name: "plan", mountPath: "/plan", readOnly: true },
          { name: "token", mountPath: pod.tokenPath, readOnly: true },
        ],
      },
    ],
    account: `${a.name}-drill`,
    volumes: [{ name: "plan", configMap: { name: `${a.name}-drill-plan` } }, pod.tokenVolume(4 * 3_600)],
    room: "64Mi",
    deadlineSeconds: 4 * 3_600,
    user,
  });
}
