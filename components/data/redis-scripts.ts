/** What runs in the pods of components/data/redis. POSIX shell; every variable it reads is set by the pod's spec. */

const cli = 'valkey-cli --tls --cacert /tls/ca.crt --no-auth-warning -a "$PASSWORD"';
/** For a question: one that is frozen takes the connection and never answers. */
const ask = `timeout 3 ${cli}`;

/**
 * Prints the address of the primary by the answer of the newest term (the sentinels' own rule), if as many sentinels answer as are
 * asked for. Of a majority one at least has seen the last failover; fewer may all be from before it.
 */
const askSentinels = `ask_sentinels() (
  n=0
  while [ "$n" -lt "$REPLICAS" ]; do
    ${ask} -h "$NAME-$n.$NAME-peers" -p 26379 sentinel master "$NAME" 2>/dev/null | awk '
      NR % 2 { key = $0; next }
      { of[key] = $0 }
      END { if (of["ip"] != "") print of["config-epoch"] + 0, of["ip"] }'
    n=$((n + 1))
  done | sort -rn | awk -v needed="$1" 'NR == 1 { newest = $2 } END { if (NR >= needed) print newest }'
)`;

const address = `address_of() { getent hosts "$1" | awk '{ print $1; exit }'; }`;

/**
 * Starts a server as what it has to be: what a majority of the sentinels says. A primary with empty hands would wipe its replicas, so
 * one leads only when every other has been heard and holds nothing either; until then it is not there, and the sentinels choose
 * another. Nor may a replica be chosen that has not been in step yet (`replica-priority 0`).
 */
export const startServer = `#!/bin/sh
set -eu
${address}
${askSentinels}
ordinal=\${HOSTNAME##*-}
self=$(address_of "$NAME-$ordinal")
[ -n "$self" ] || { echo "$NAME-$ordinal has no address yet"; exit 1; }
# Files of a server that never held a key are there too, and are smaller.
holds_data() { [ -n "$(find /data -size +300c \\( -name dump.rdb -o -name '*.base.rdb' \\) -o -size +0c -name '*.incr.aof' 2>/dev/null)" ]; }
others_hold_nothing() {
  n=0
  while [ "$n" -lt "$REPLICAS" ]; do
    if [ "$n" != "$ordinal" ]; then
      keys=$(${ask} -h "$NAME-$n" -p 6379 dbsize 2>/dev/null || true)
      [ "$keys" = 0 ] || return 1
    fi
    n=$((n + 1))
  done
}
# A shell that is the first of its container would not hear that it has to end.
trap 'exit 143' TERM INT
majority=$((REPLICAS / 2 + 1))
said=
: > /tmp/waits
while :; do
  primary=$(ask_sentinels "$majority")
  if [ -z "$primary" ]; then why="fewer than $majority sentinels answer"
  elif [ "$primary" != "$self" ] || holds_data || others_hold_nothing; then break
  else why="the sentinels say it leads, but it holds nothing, and others hold data or do not answer"; fi
  [ "$why" = "$said" ] || echo "waits: $why"
  said=$why
  sleep 1
done
rm -f /tmp/waits
# A renewed certificate is read again without a restart.
( while sleep 3600; do ${cli} -h 127.0.0.1 -p 6379 config set tls-cert-file /tls/tls.crt tls-key-file /tls/tls.key tls-ca-cert-file /tls/ca.crt >/dev/null 2>&1 || true; done ) &
set -- /config/valkey.conf --requirepass "$PASSWORD" --masterauth "$PASSWORD" --replica-announce-ip "$self"
if [ "$primary" != "$self" ]; then
  set -- "$@" --replicaof "$primary" 6379
  if ! holds_data; then
    set -- "$@" --replica-priority 0
    ( until ${ask} -h 127.0.0.1 -p 6379 info replication 2>/dev/null | grep -Eq 'role:master|master_link_status:up' &&
        ${ask} -h 127.0.0.1 -p 6379 config set replica-priority 100 >/dev/null; do sleep 1; done ) &
  fi
fi
# With its append-only file switched on a server reads nothing else: a dump that was put there to be restored is read with it
# off, and it is switched on when all is read.
if [ -s /data/dump.rdb ] && [ ! -d /data/appendonlydir ]; then
  set -- "$@" --appendonly no
  ( until ${ask} -h 127.0.0.1 -p 6379 info persistence 2>/dev/null | grep -q '^loading:0' &&
      ${ask} -h 127.0.0.1 -p 6379 config set appendonly yes >/dev/null; do sleep 1; done ) &
fi
exec valkey-server "$@"
`;

/** Starts a sentinel; what it has learned stays on its volume, and a first start follows the server beside it. */
export const startSentinel = `#!/bin/sh
set -eu
${address}
${askSentinels}
ordinal=\${HOSTNAME##*-}
self=$(address_of "$NAME-$ordinal")
conf=/sentinel/sentinel.conf
if [ ! -s "$conf" ]; then
  # Whoever answers knows more than nobody; the first pod leads the first start.
  primary=$(ask_sentinels 1)
  [ -n "$primary" ] || primary=$(address_of "$NAME-0")
  [ -n "$self" ] && [ -n "$primary" ] || { echo "pods have no addresses yet"; exit 1; }
  umask 077
  sed -e "s|@PRIMARY@|$primary|" -e "s|@NAME@|$NAME|g" -e "s|@PASSWORD@|$PASSWORD|g" -e "s|@SELF@|$self|" /config/sentinel.conf > "$conf.part"
  # One that is new would learn of replicas from the primary alone, and could choose none while there is none.
  n=0
  while [ "$n" -lt "$REPLICAS" ]; do
    replica=$(address_of "$NAME-$n")
    [ -z "$replica" ] || [ "$replica" = "$primary" ] || echo "sentinel known-replica $NAME $replica 6379" >> "$conf.part"
    n=$((n + 1))
  done
  mv "$conf.part" "$conf"
fi
touch /tmp/started
exec valkey-sentinel "$conf"
`;

/** A sentinel that answers, with a certificate no older than the one on disk; else it is started again. */
export const sentinelLives = `${ask} -h 127.0.0.1 -p 26379 ping | grep -q PONG && ! [ /tls/..data -nt /tmp/started ]`;

/** A server that answers; one that is loading its data lives too, and so does one that waits for what it has to be. */
export const serverLives = `[ -e /tmp/waits ] || ${ask} -h 127.0.0.1 -p 6379 ping | grep -Eq 'PONG|LOADING|MASTERDOWN'`;

/** A server that can be used: a primary, or a replica in step with it. */
export const serverReady = `${ask} -h 127.0.0.1 -p 6379 info replication | grep -Eq 'role:master|master_link_status:up'`;

/** Before a pod goes: a primary hands over first, so that no client waits for a failure to be noticed. */
export const handOver = `#!/bin/sh
role=$(${ask} -h 127.0.0.1 -p 6379 role | head -n 1)
[ "$role" = master ] || exit 0
${cli} -h 127.0.0.1 -p 26379 sentinel failover "$NAME" || exit 0
n=0
while [ "$n" -lt 30 ] && [ "$(${ask} -h 127.0.0.1 -p 6379 role | head -n 1)" = master ]; do n=$((n + 1)); sleep 1; done
`;

/** What a client in a pod of the store's network runs: `ask_sentinels 1` gives where to write, `ask` speaks to a server. */
export const client = { askSentinels, ask };

/** Backup, first step: a consistent dump of the last replica, checked as it will be read. */
export const dump = `set -eu
${cli} -h "$NAME-$((REPLICAS - 1))" -p 6379 --rdb /scratch/dump.rdb
valkey-check-rdb /scratch/dump.rdb
`;

/** Backup, second step: to the bucket and read back, because a backup nobody can read is none. */
export const upload = (prefix: string) => `set -eu
file="$(date -u +%Y%m%dT%H%M%SZ).rdb"
sum=$(sha256sum /scratch/dump.rdb | cut -d ' ' -f 1)
aws s3 cp /scratch/dump.rdb "s3://$BUCKET/${prefix}/$file" --sse "$SSE" --metadata "sha256=$sum"
[ "$(aws s3 cp "s3://$BUCKET/${prefix}/$file" - | sha256sum | cut -d ' ' -f 1)" = "$sum" ]
`;

/** Drill, first step: the newest dump. */
export const fetch = (prefix: string) => `set -eu
file=$(aws s3 ls "s3://$BUCKET/${prefix}/" | awk '{ print $4 }' | sort | tail -n 1)
[ -n "$file" ] || { echo "no backup in the bucket"; exit 1; }
aws s3 cp "s3://$BUCKET/${prefix}/$file" /scratch/dump.rdb
`;

/** Drill, second step: the dump in a server of its own, asked for its keys and the age of the heartbeat. */
export const verify = (rpoMinutes: number) => `set -eu
valkey-check-rdb /scratch/dump.rdb >/dev/null || { echo "the dump is damaged"; exit 1; }
valkey-server --dir /scratch --port 6400 --bind 127.0.0.1 --daemonize yes
n=0; until [ "$(valkey-cli -p 6400 ping 2>/dev/null)" = PONG ]; do n=$((n + 1)); [ "$n" -lt 600 ]; sleep 1; done
[ "$(valkey-cli -p 6400 dbsize)" -gt 0 ] || { echo "the restored store is empty"; exit 1; }
beat=$(valkey-cli -p 6400 get greenlight:heartbeat)
age=$(( ($(date -u +%s) - beat) / 60 ))
echo "nonce $(valkey-cli -p 6400 get greenlight:nonce)"
echo "heartbeat $age min old; at most ${rpoMinutes} is promised"
[ "$age" -le ${rpoMinutes} ]
`;

/** A key whose age, after a restore, says how much was lost. */
export const heartbeat = `set -eu
${askSentinels}
primary=$(ask_sentinels 1)
[ -n "$primary" ] || { echo "no sentinel answers"; exit 1; }
${cli} -h "$primary" -p 6379 set greenlight:heartbeat "$(date -u +%s)"
[ -z "\${NONCE:-}" ] || ${cli} -h "$primary" -p 6379 set greenlight:nonce "$NONCE"
`;

export const serverConfig = (maxmemory: string, policy: string) => `port 0
tls-port 6379
tls-cert-file /tls/tls.crt
tls-key-file /tls/tls.key
tls-ca-cert-file /tls/ca.crt
tls-auth-clients optional
tls-replication yes
dir /data
appendonly yes
appendfsync everysec
aof-use-rdb-preamble yes
save 900 1 300 100
min-replicas-to-write 1
min-replicas-max-lag 10
repl-backlog-size 64mb
repl-diskless-sync yes
maxmemory ${maxmemory}
maxmemory-policy ${policy}
rename-command FLUSHALL ""
rename-command FLUSHDB ""
rename-command DEBUG ""
`;

export const sentinelConfig = `port 0
tls-port 26379
tls-cert-file /tls/tls.crt
tls-key-file /tls/tls.key
tls-ca-cert-file /tls/ca.crt
tls-auth-clients optional
tls-replication yes
dir /sentinel
requirepass @PASSWORD@
sentinel sentinel-pass @PASSWORD@
sentinel announce-ip @SELF@
sentinel monitor @NAME@ @PRIMARY@ 6379 2
sentinel auth-pass @NAME@ @PASSWORD@
sentinel down-after-milliseconds @NAME@ 5000
sentinel failover-timeout @NAME@ 20000
sentinel parallel-syncs @NAME@ 1
`;
