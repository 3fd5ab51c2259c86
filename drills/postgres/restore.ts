import * as fs from "node:fs";
import * as path from "node:path";
import { parseQuantity } from "../../model/quantity";
import type { Bucket } from "../bucket";
import { startBucket } from "../bucket";
import { saidBy } from "../cluster/restore";
import { RepairFailed } from "../course";
import type { Drill, Room, Settings } from "../drill";
import { needed } from "../drill";
import { judgeLoss, overwriteBackup, promisedBefore } from "../restoring";
import { answers, freePort, pause, until } from "../servers";
import { makeCertificates } from "../tls";
import { barman, restoreScript, runScript } from "./archive";
import { beat, fill, makeDatabase, nonceAge, sizeOf } from "./database";
import { archived, switchLog, takeOutLog } from "./log";
import type { PostgresServer } from "./server";
import { admit, asUser, configure, hostSettings, initialise, mustRun, postmaster, startPostgres } from "./server";
import { compareRows, prepareTable, startWriters } from "./writers";

const steps = [
  "start a bucket with versions and object lock",
  "start the server with the component's settings",
  "write under load, archiving",
  "take a base backup",
  "lose the bucket for a while",
  "destroy a table by a statement",
  "lose the data directory",
  "restore as the component's job does",
  "compare with what was acknowledged",
  "restore to just before the statement",
  "compare with what was there before it",
];

/** S-130 to S-133: PostgreSQL is restored from its archive, after its data directory is gone in the middle of writing. */
export const restorePostgres: Drill = {
  id: "restore postgres",
  title: "PostgreSQL comes back from its archive when its data directory is gone",
  kind: "restore drill",
  requirements: ["S-130", "S-131", "S-132", "S-133", "S-170"],
  needs: ["postgres", "barman", "objectStore"],
  store: "postgres",
  steps,
  sabotages: {
    "no fault": { what: "the data directory is left where it is", comesTo: "invalid" },
    "nothing archived": { what: "the archive command says yes and does nothing", comesTo: "failed" },
    "no backup": { what: "no base backup is taken", comesTo: "failed" },
    "missing log": { what: "one piece of the log is taken out of the archive", comesTo: "failed" },
    "corrupt backup": { what: "the base backup's data is overwritten", comesTo: "failed" },
    "wrong credentials": { what: "the restore is given a key that does not open the bucket", comesTo: "failed" },
    "bucket gone": { what: "the bucket's server is gone when it is needed", comesTo: "failed" },
  },
  run,
};

async function run(room: Room, settings: Settings) {
  const { course, sabotage } = room;
  const { spec, args } = needed(settings, "postgres");
  const bucket = await course.step(steps[0]!, () =>
    startBucket(room.servers, room.programs, settings.plan.target.bucket),
  );
  const tls = await makeCertificates(room.servers, ["postgres"], ["127.0.0.1"]);
  const data = path.join(room.dir, "pgdata");
  const commands = barman(room, settings, bucket);

  const server = await course.step(steps[1]!, async () => {
    await initialise(room, data);
    admit(data, spec.cluster.spec.postgresql.pg_hba);
    const archive = sabotage === "nothing archived" ? "true" : commands.archive.map(quote).join(" ") + " '%p'";
    configure(data, { ...spec.cluster.spec.postgresql.parameters, ...hostSettings(room, tls) });
    configure(data, { archive_mode: "on", archive_command: archive });
    const started = await startPostgres(room, "postgres", data, { env: bucket.env, tls });
    await makeDatabase(started, args.database ?? "app");
    return started;
  });

  const client = await server.connect();
  await prepareTable(client, room.nonce);
  const nonceAt = await nonceAge(client, room.nonce);
  const ballast = await fill(client);
  const writers = startWriters(course, room.nonce, () => server.connect());
  await course.step(steps[2]!, async () => {
    await beat(room, settings, server);
    await pause(2_000);
    await switchLog(client);
    if (sabotage !== "nothing archived") await archived(client);
  });

  await course.step(steps[3]!, async () => {
    if (sabotage === "no backup") return;
    const { program, args: given } = commands.backup(room.dir, server.port);
    const { code, stderr } = await room.servers.run(...asUser(program, given), { env: bucket.env, timeoutMs: 300_000 });
    if (code !== 0 && sabotage !== "nothing archived")
      throw new Error(`the base backup failed: ${stderr.trim().slice(-400)}`);
  });

  await course.step(steps[4]!, async () => {
    await pause(1_000);
    await bucket.goAway();
    await switchLog(client);
    await pause(3_000);
    await bucket.comeBack();
    await switchLog(client);
    if (sabotage !== "nothing archived") await archived(client);
  });

  const before = await course.step(steps[5]!, async () => {
    await client.query(
      "create table drill_orders as select g as id, md5(g::text) as content from generate_series(1, 20000) g",
    );
    await pause(1_200);
    const { rows } = await client.query<{ at: string }>("select clock_timestamp()::text as at");
    await pause(1_200);
    await client.query("truncate drill_orders");
    const seen = await client.query<{ count: string }>("select count(*) from drill_orders");
    course.proof(
      "the statement emptied the table",
      seen.rows[0]!.count === "0",
      `${seen.rows[0]!.count} rows after it`,
    );
    return rows[0]!.at;
  });
  await pause(1_000);
  await beat(room, settings, server);
  // What is confirmed by now is in the archive. Asked before the switch: while its answer is on its way, writers go on
  // in the next piece of the log. (The switch is what archive_timeout would do a little later.)
  const safeAt = course.now();
  await switchLog(client);
  if (sabotage !== "nothing archived") await archived(client);
  if (sabotage === "missing log") await takeOutLog(bucket, args.name, client);
  if (sabotage === "corrupt backup")
    await overwriteBackup(room, bucket, `postgres/${args.name}/${args.name}/base`, "data*");
  // More is written that only the disk knows.
  await pause(1_500);
  await client.end();

  const faultAt = await course.step(steps[6]!, async () => {
    const pid = postmaster(data);
    const at = course.moment("fault");
    if (sabotage !== "no fault") {
      process.kill(pid, "SIGKILL");
      fs.rmSync(data, { recursive: true, force: true });
    }
    const isGone = await until(async () => !(await answers("127.0.0.1", server.port)), 5_000, 20);
    course.proof("the data directory is gone", !fs.existsSync(path.join(data, "PG_VERSION")), data);
    course.proof("nobody answers any more", isGone, `port ${server.port}`);
    return at;
  });
  const { refused, acknowledged: confirmed, stop } = writers;
  const promised = await promisedBefore(course, faultAt, { refused, confirmed, stop }, "rows");
  if (sabotage === "bucket gone") await bucket.goAway();

  const restored = await course.step(steps[7]!, async () => {
    const place = path.join(room.dir, "restored");
    await restore(room, settings, bucket, place);
    course.moment("recovered");
    return startRestored(room, place, "restored");
  });
  const rtoMs = course.moments.find(one => one.name === "recovered")!.atMs - faultAt;

  await course.step(steps[8]!, async () => {
    const reader = await restored.connect();
    const { rows } = await reader.query<{ nonce: string }>("select nonce from drill_nonce");
    course.proof(
      "what came back holds this drill's nonce",
      rows.some(one => one.nonce === room.nonce),
      nonceAt,
    );
    const seen = await compareRows(reader, room.nonce, promised);
    const lostSafe = seen.lost.filter(one => one.atMs < safeAt);
    course.check(
      "everything the archive had came back",
      lostSafe.length === 0,
      `${lostSafe.length} of ${promised.length} lost`,
    );
    course.check("no row is another than was written", seen.changed === 0, `${seen.changed} changed`);
    course.check("no writer's rows have gaps", seen.gaps === 0, `${seen.gaps} gaps`);
    const { lost } = seen;
    const plan = settings.plan.postgres;
    judgeLoss(course, settings, { plan, lost, promised: promised.length, faultAt, rtoMs, unit: "rows" });
    scale(room, settings, { bytes: ballast + (await sizeOf(reader)), rtoMs });
    await reader.end();
    await restored.process.stop("SIGINT");
  });

  await course
    .step(steps[9]!, async () => {
      const place = path.join(room.dir, "earlier");
      await restore(room, settings, bucket, place, before);
      return startRestored(room, place, "earlier");
    })
    .then(earlier =>
      course.step(steps[10]!, async () => {
        const reader = await earlier.connect();
        const { rows } = await reader.query<{ count: string; same: string }>(
          "select count(*), count(*) filter (where content = md5(id::text)) as same from drill_orders",
        );
        const [seen] = rows;
        course.check(
          "the table is as it was before the statement",
          seen!.same === "20000",
          `${seen!.same} of 20000 rows`,
        );
        await reader.end();
        await earlier.process.stop("SIGINT");
      }),
    );
  const version = await mustRun(room, "postgres", ["--version"]);
  const barmanVersion = await room.servers.run(path.join(room.programs.barman, "barman-cloud-restore"), ["--version"]);
  return {
    engines: {
      postgres: version.trim().split(" ").slice(2).join(" "),
      barman: barmanVersion.stdout.trim().split(" ").at(-1) ?? "unknown",
      minio: bucket.version.split(" ")[2] ?? "unknown",
    },
  };
}

const quote = (text: string): string => `'${text}'`;

/** Restores by the script of the component's job; to a moment where one is given. */
async function restore(room: Room, settings: Settings, bucket: Bucket, place: string, until?: string): Promise<void> {
  const port = await freePort();
  fs.mkdirSync(place, { recursive: true });
  const script = restoreScript(settings, { scratch: place, socket: room.dir, port });
  // To a moment: the same script, with PostgreSQL's own setting; it stops there instead of at the end of the log.
  const aimed =
    until === undefined
      ? script
      : script.replace(
          "recovery_target_timeline = 'latest'",
          `recovery_target_timeline = 'latest'\nrecovery_target_time = '${until}'\nrecovery_target_action = 'promote'`,
        );
  const wrong = room.sabotage === "wrong credentials" ? { AWS_SECRET_ACCESS_KEY: "not the key" } : {};
  const { code, stdout, stderr } = await runScript(room, aimed, { ...bucket.env, ...wrong });
  if (code !== 0) throw new RepairFailed(`the restore ended with ${code}: ${lastLines(`${stdout}\n${stderr}`)}`);
  // By the same line a drill in a cluster knows that it was its own data that came back.
  if (until === undefined)
    room.course.proof(
      "the job itself found the nonce",
      saidBy(stdout).nonce === room.nonce,
      saidBy(stdout).nonce ?? "none",
    );
}

const lastLines = (text: string): string =>
  text
    .split("\n")
    .filter(line => line.trim() !== "")
    .slice(-3)
    .join(" / ")
    .slice(-500);

async function startRestored(room: Room, place: string, name: string): Promise<PostgresServer> {
  const data = path.join(place, "pgdata");
  configure(data, { unix_socket_directories: room.dir, listen_addresses: "" });
  return startPostgres(room, name, data);
}

/** What the same rate would make of the volume's declared size: shown, and compared with what the plan assumes. */
function scale(room: Room, settings: Settings, { bytes, rtoMs }: { bytes: number; rtoMs: number }): void {
  const { args } = needed(settings, "postgres");
  const declared = parseQuantity(args.storage ?? "20Gi")!;
  const rate = bytes / 1_048_576 / (rtoMs / 1_000);
  room.course.measure("restoredMiB", bytes / 1_048_576, 1, "MiB");
  room.course.measure("restoreMiBPerSecond", rate, 1, "MiB/s");
  room.course.measure("rtoAtDeclaredSizeMs", (declared / 1_048_576 / rate) * 1_000, 1, "ms");
}
