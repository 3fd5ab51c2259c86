import { cronJobSpec } from "../backup/job";
import type { BackupPlan } from "../backup/plan";
import { priorityClass } from "../delivery/priority";
import * as pod from "../pod";
import { authority, mongosh, shellStep } from "./mongodb-jobs";
import { mongodbUser, setSpec } from "./mongodb-set";
import type { MongodbArgs, mongodbDefaults } from "./mongodb-spec";

type Sized = MongodbArgs & typeof mongodbDefaults;

const group = "psmdb.percona.com";

/** The set that a drill restores into. */
export const drillName = (name: string): string => `${name}-drill`;

/** A drill by the clock, which restores the newest backup into a set of its own and looks for the heartbeat in it. */
export function mongodbRestore(a: Sized, plan: BackupPlan, labels: Record<string, string>) {
  const own = (suffix: string, annotations: Record<string, string> = {}) => ({
    name: `${a.name}-${suffix}`,
    namespace: a.namespace,
    labels: { ...labels, "app.kubernetes.io/component": "job" },
    annotations,
  });
  const account = own("drill");
  const drill = drillName(a.name);
  return {
    drillAccount: { metadata: account, automountServiceAccountToken: false },
    // It may read backups, and make and delete what bears the drill's names: never the set that serves, nor its volumes.
    drillRole: {
      metadata: account,
      rules: [
        {
          apiGroups: [group],
          resources: ["perconaservermongodbs", "perconaservermongodbrestores"],
          verbs: ["create"],
        },
        {
          apiGroups: [group],
          resources: ["perconaservermongodbs", "perconaservermongodbrestores"],
          resourceNames: [drill],
          verbs: ["get", "delete"],
        },
        { apiGroups: [group], resources: ["perconaservermongodbbackups"], verbs: ["get", "list"] },
        {
          apiGroups: [""],
          resources: ["persistentvolumeclaims"],
          resourceNames: claimsOf(a),
          verbs: ["get", "delete"],
        },
      ],
    },
    drillBinding: {
      metadata: account,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: account.name },
      subjects: [{ kind: "ServiceAccount", name: account.name, namespace: a.namespace }],
    },
    drillPlan: {
      metadata: own("drill-plan"),
      data: Object.fromEntries(
        Object.entries(restoreObjects(a, plan, labels)).map(([file, one]) => [
          `${file}.json`,
          JSON.stringify(one, null, 2),
        ]),
      ),
    },
    drill: cronJobSpec({
      metadata: own("restore-drill", { "greenlight.dev/restores": `${a.namespace}/${a.name}` }),
      schedule: plan.mongodb.drill,
      steps: [
        kubectlStep(a, "restore", restore(a)),
        shellStep(a, "read", read(a)),
        kubectlStep(a, "judge", judge(a, plan.mongodb.provable.rpoMinutes)),
      ],
      account: account.name,
      volumes: [
        { name: "plan", configMap: { name: `${a.name}-drill-plan` } },
        pod.tokenVolume(4 * 3_600),
        authority(a),
      ],
      room: "64Mi",
      deadlineSeconds: 4 * 3_600,
      user: mongodbUser,
    }),
  };
}

/** The volumes of the drill's set, by the names that the operator gives them. */
const claimsOf = (a: Sized): string[] =>
  Array.from({ length: a.members }, (_, ordinal) => `mongod-data-${drillName(a.name)}-rs0-${ordinal}`);

/** A set of its own, as the one that serves but for what watches it, and the restore into it; the backup's name is filled in by the job. */
export function restoreObjects(a: Sized, plan: BackupPlan, labels: Record<string, string>) {
  const name = drillName(a.name);
  const set = setSpec(a, plan, name);
  const [{ sidecars, ...members }] = set.replsets as [(typeof set.replsets)[0]];
  void sidecars;
  const metadata = { name, namespace: a.namespace, labels };
  return {
    set: {
      apiVersion: `${group}/v1`,
      kind: "PerconaServerMongoDB",
      // No finalizer: `delete-psmdb-pvc` deletes the users' Secret too, and that is the serving set's own.
      metadata,
      spec: {
        ...set,
        replsets: [{ ...members, priorityClassName: priorityClass(a.system, "ordinary") }],
        // Two sets that ship their oplog to one place would spoil it.
        backup: { ...set.backup, pitr: { enabled: false } },
      },
    },
    restore: {
      apiVersion: `${group}/v1`,
      kind: "PerconaServerMongoDBRestore",
      metadata,
      spec: {
        clusterName: name,
        storageName: "offsite",
        backupSource: { type: "logical", destination: "@DESTINATION@" },
        pitr: { type: "latest" },
      },
    },
  };
}

const kubectlStep = (a: Sized, name: string, script: string) => ({
  name,
  image: a.images.kubectl,
  script,
  mounts: [
    { name: "plan", mountPath: "/plan", readOnly: true },
    { name: "token", mountPath: pod.tokenPath, readOnly: true },
  ],
});

/** By single questions: waiting as kubectl does it needs the right to list, which cannot be bounded to a name. */
const clearing = (a: Sized) => `set=perconaservermongodb/${drillName(a.name)}
restore=perconaservermongodbrestore/${drillName(a.name)}
claims="${claimsOf(a).join(" ")}"
is_there() { [ -n "$(kubectl get "$@" --ignore-not-found -o name)" ]; }
clear() {
  for one in "$restore" "$set"; do
    kubectl delete "$one" --ignore-not-found --wait=false
    while is_there "$one"; do sleep 5; done
  done
  # A volume goes when no pod has it any more.
  for one in $claims; do kubectl delete "pvc/$one" --ignore-not-found --wait=false; done
  for one in $claims; do while is_there "pvc/$one"; do sleep 5; done; done
}`;

/** First step: makes the set, and restores the newest logical backup and the oplog after it. */
const restore = (a: Sized) => `set -eu
${clearing(a)}
trap '[ "$?" -eq 0 ] || clear' EXIT
trap 'exit 143' TERM
# Of a set that comes up an error may pass; of a restore it does not.
reaches_ready() {
  tries=0
  while [ "$tries" -lt "$2" ]; do
    state=$(kubectl get "$1" -o jsonpath='{.status.state}')
    [ "$state" != ready ] || return 0
    [ "$state $1" != "error $restore" ] || break
    tries=$((tries + 1))
    sleep 10
  done
  kubectl get "$1" -o jsonpath='{.status.state} {.status.error}{.status.message}{"\\n"}'
  return 1
}
clear
newest=$(kubectl get perconaservermongodbbackup -o jsonpath='{range .items[?(@.status.state=="ready")]}{.status.completed} {.status.type} {.spec.clusterName} {.status.destination}{"\\n"}{end}' \\
  | grep ' logical ${a.name} ' | sort | tail -n 1 | cut -d ' ' -f 4)
[ -n "$newest" ] || { echo "there is no logical backup to restore"; exit 1; }
date +%s > /scratch/started
kubectl create -f /plan/set.json
reaches_ready "$set" 270
sed "s|@DESTINATION@|$newest|" /plan/restore.json | kubectl create -f -
reaches_ready "$restore" 1080
echo "restored $newest in $(( $(date +%s) - $(cat /scratch/started) )) s"
`;

/** Second step: asks the restored set for its newest heartbeat. What is to be said of it is the third's, which clears up. */
const read = (a: Sized) => `set -u
timeout 300 ${mongosh(
  drillName(a.name),
  a.namespace,
  `
    const [newest] = db.heartbeat.find().sort({ at: -1 }).limit(1).toArray();
    if (newest) print("at " + Math.floor(newest.at.getTime() / 1000));
    const [last] = db.heartbeat.find({ nonce: { $exists: true } }).sort({ at: -1 }).limit(1).toArray();
    if (last) print("nonce " + last.nonce);`,
)} > /scratch/found 2>&1 || true
`;

/** Last step: clears up, and says what came back. */
const judge = (a: Sized, rpoMinutes: number) => `set -eu
${clearing(a)}
trap clear EXIT
trap 'exit 143' TERM
beat=$(sed -n 's/^at \\([0-9]*\\)$/\\1/p' /scratch/found)
[ -n "$beat" ] || { tail -n 5 /scratch/found; echo "no heartbeat came back"; exit 1; }
sed -n '/^nonce [0-9a-f]*$/p' /scratch/found
age=$(( ($(cat /scratch/started) - beat) / 60 ))
echo "heartbeat $age min old when the restore began; at most ${rpoMinutes} is promised"
[ "$age" -le ${rpoMinutes} ]
`;
