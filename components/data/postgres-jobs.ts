import type { CronArgs } from "../backup/job";
import { cronJobSpec, targetEnv } from "../backup/job";
import type { BackupPlan } from "../backup/plan";
import type { PostgresArgs } from "./postgres-spec";

type Sized = PostgresArgs & { storage: string; database: string };

/** The user of CloudNativePG's images. */
const user = 26;

/** What runs by the clock beside a cluster: a heartbeat, and a drill that looks for it in a restored copy. */
export function postgresJobs(a: Sized, plan: BackupPlan, labels: Record<string, string>) {
  const own = (suffix: string, annotations: Record<string, string> = {}) => ({
    name: `${a.name}-${suffix}`,
    namespace: a.namespace,
    labels: { ...labels, "app.kubernetes.io/component": "job" },
    annotations,
  });
  return {
    // An identity of its own: the drill reads the archive where pods have identities instead of keys.
    jobsAccount: { metadata: own("jobs"), automountServiceAccountToken: false },
    heartbeat: heartbeatSpec(a, own("heartbeat")),
    drill: drillSpec(a, plan, own("restore-drill", { "greenlight.dev/restores": `${a.namespace}/${a.name}` })),
  };
}

/** A row a minute, whose age after a restore says how much was lost. */
function heartbeatSpec(a: Sized, metadata: CronArgs["metadata"]) {
  const script = `set -eu
psql "$URI?sslmode=require" -v ON_ERROR_STOP=1 <<SQL
create schema if not exists greenlight;
create table if not exists greenlight.heartbeat (at timestamptz primary key default now());
alter table greenlight.heartbeat add column if not exists nonce text;
insert into greenlight.heartbeat (nonce) values (nullif('\${NONCE:-}', ''));
delete from greenlight.heartbeat where at < now() - interval '7 days';
SQL
`;
  const env = [{ name: "URI", valueFrom: { secretKeyRef: { name: `${a.name}-app`, key: "uri" } } }];
  return cronJobSpec({
    metadata,
    schedule: "* * * * *",
    steps: [{ name: "beat", image: a.images.server, script, env }],
    account: `${a.name}-jobs`,
    room: "16Mi",
    deadlineSeconds: 50,
    user,
  });
}

/** Restores the newest backup and its log into a server of its own, and asks it how old the newest row is. */
function drillSpec(a: Sized, plan: BackupPlan, metadata: CronArgs["metadata"]) {
  const source = `"s3://$BUCKET/postgres/${a.name}" "${a.name}"`;
  const cloud = `--cloud-provider aws-s3${plan.target.endpoint ? ` --endpoint-url "$AWS_ENDPOINT_URL"` : ""}`;
  const script = `set -eu
export PGDATA=/scratch/pgdata
barman-cloud-restore ${cloud} ${source} auto "$PGDATA"
chmod 700 "$PGDATA"
cat >> "$PGDATA/postgresql.auto.conf" <<CONF
restore_command = 'barman-cloud-wal-restore ${cloud} ${source} %f %p'
recovery_target_timeline = 'latest'
archive_mode = off
ssl = off
listen_addresses = '127.0.0.1'
CONF
touch "$PGDATA/recovery.signal"
pg_ctl -D "$PGDATA" -w -t 3600 -o "-p 6400 -k /tmp" start
# It answers before it has read all of its log; what is asked then is older than what came back.
n=0
until [ "$(psql -h /tmp -p 6400 -d ${a.database} -Atc 'select pg_is_in_recovery()')" = f ]; do
  # One that cannot get where it should ends itself.
  pg_ctl -D "$PGDATA" status >/dev/null || { echo "the restored server ended"; exit 1; }
  n=$((n + 1))
  [ "$n" -lt 7200 ]
  sleep 0.5
done
age=$(psql -h /tmp -p 6400 -d ${a.database} -Atc "select ceil(extract(epoch from now() - max(at)) / 60) from greenlight.heartbeat")
echo "nonce $(psql -h /tmp -p 6400 -d ${a.database} -Atc "select nonce from greenlight.heartbeat where nonce is not null order by at desc limit 1")"
echo "newest row $age min old; at most ${plan.postgres.provable.rpoMinutes} is promised"
pg_ctl -D "$PGDATA" -m fast stop
[ "$age" -le ${plan.postgres.provable.rpoMinutes} ]
`;
  return cronJobSpec({
    metadata,
    schedule: plan.postgres.drill,
    steps: [{ name: "restore", image: a.images.server, script, env: targetEnv(plan.target) }],
    account: `${a.name}-jobs`,
    room: a.storage,
    deadlineSeconds: 4 * 3_600,
    memory: "1Gi",
    user,
  });
}
