import { client } from "../../components/data/redis-scripts";

/**
 * What the writers of a failover in a cluster run, in place of the heartbeat's script: with its image, account, credentials and network.
 * POSIX shell. They write without pause for so many seconds, remember what was confirmed, and at the end look for all of it.
 */
export interface WriterScript {
  /**
   * Shell functions: `prepare`; `put WRITER NUMBER` succeeds when the write is confirmed; `held` prints WRITER NUMBER of what is there;
   * `nonce` prints what is there of the drill's; `where` prints the address of whoever takes writes; `clean`.
   */
  store: string;
  writers: number;
}

/** Seconds on a clock that only goes forward; the shell reads it without another process. */
const clock = `clock() { read -r up _ < /proc/uptime; echo "$up"; }`;

/** The whole script. @param seconds how long is written */
export const writing = ({ store, writers }: WriterScript, seconds: number): string => `set -eu
export LC_ALL=C
${clock}
${store}
cd /scratch
prepare
end=$(( $(clock | cut -d . -f 1) + ${seconds} ))
write() {
  number=0
  while [ "$(clock | cut -d . -f 1)" -lt "$end" ]; do
    number=$((number + 1))
    # A number is never used again: a write without an answer may have been taken all the same.
    if put "$1" "$number" > "said.$1" 2>&1; then echo "$(clock) $1 $number" >> "acked.$1"; else echo "$(clock) $(tail -n 1 "said.$1")" >> "refused.$1"; sleep 0.2; fi
  done
}
w=0
while [ "$w" -lt ${writers} ]; do : > "acked.$w"; : > "refused.$w"; write "$w" & w=$((w + 1)); done
until [ "$(cat acked.* | wc -l)" -ge 20 ] || [ "$(clock | cut -d . -f 1)" -ge "$end" ]; do sleep 0.2; done
[ "$(cat acked.* | wc -l)" -lt 20 ] || echo "writing to $(where)"
wait
cat acked.* | sort -n > acked
cut -d ' ' -f 2,3 acked | sort > promised
tries=0
until held > held.now 2> held.said; do tries=$((tries + 1)); [ "$tries" -lt 60 ] || { cat held.said; exit 1; }; sleep 1; done
sort held.now > held
gap=$(awk 'NR > 1 && $1 - last > most { most = $1 - last } { last = $1 } END { printf "%d", most * 1000 }' acked)
echo "nonce $(nonce)"
echo "writing ended at $(where)"
echo "$(wc -l < promised) confirmed, $(comm -23 promised held | wc -l) lost, $(cat refused.* | wc -l) refused, $gap ms without one"
clean
`;

/** A row a write, each in a session of its own: a client that is sent where the primary is now. */
export const postgresWriters: WriterScript = {
  writers: 4,
  store: `q() { timeout 5 psql "$URI?sslmode=require&connect_timeout=2" -v ON_ERROR_STOP=1 -qAt "$@"; }
prepare() { q -c "create schema if not exists greenlight" -c "create table if not exists greenlight.drill_rows (nonce text, writer int, number int, primary key (nonce, writer, number))"; }
put() { q -c "insert into greenlight.drill_rows values ('$NONCE', $1, $2)"; }
held() { q -F ' ' -c "select writer, number from greenlight.drill_rows where nonce = '$NONCE'"; }
where() { q -c "select host(inet_server_addr())"; }
nonce() { q -c "select nonce from greenlight.drill_rows where nonce = '$NONCE' limit 1"; }
clean() { q -c "delete from greenlight.drill_rows where nonce = '$NONCE'"; }`,
};

/** A key a write, confirmed once every replica has it: fewer are promised nothing. Keys end by themselves. */
export const redisWriters: WriterScript = {
  writers: 2,
  store: `${client.askSentinels}
others=$((REPLICAS - 1))
where() { ask_sentinels 1; }
r() { at=$(where); [ -n "$at" ] && ${client.ask} -h "$at" -p 6379; }
confirmed() { tr '\\n' ' ' | grep -qx "OK $others "; }
prepare() { printf 'set greenlight:nonce %s\\nwait %s 3000\\n' "$NONCE" "$others" | r | confirmed; }
put() {
  [ -s "at.$1" ] || where > "at.$1"
  printf 'set drill:%s:%s:%s 1 ex 3600\\nwait %s 1000\\n' "$NONCE" "$1" "$2" "$others" | ${client.ask} -h "$(cat "at.$1")" -p 6379 | confirmed && return
  : > "at.$1"
  return 1
}
held() { sed "s/\\(.*\\) \\(.*\\)/exists drill:$NONCE:\\1:\\2/" promised | r > there && paste -d ' ' promised there | sed -n 's/ 1$//p'; }
nonce() { echo "get greenlight:nonce" | r; }
clean() { :; }`,
};
