import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Drill, Room, Settings } from "../drill";
import { needed } from "../drill";
import { pause, until } from "../servers";
import type { Stored, Traffic } from "./cluster";
import { contentOf, ObjectStoreCluster, startTraffic } from "./cluster";

const steps = [
  "start the component's servers and drives",
  "make its buckets by its own job, and write",
  "lose a server",
  "lose a zone",
  "lose more than the parity covers",
  "spoil a drive and heal it",
  "delete an object and undo it",
  "try to remove a locked version",
];

/** Zones that the component spreads its servers over. */
const zones = 3;
/** Objects that are written before anything is lost. */
const earlyObjects = 20;
/** How long a loss lasts at least, and how long clients may have to wait for the first write after it, in milliseconds. */
const lossMs = 5_000;
const resumedMs = 30_000;

/** S-128, S-129, S-133: the object store loses a server, then a zone, and goes on; spoilt data is healed, deleted data comes back. */
export const outageObjects: Drill = {
  id: "outage objects",
  title: "The object store goes on without a server and without a zone, and heals",
  kind: "failure drill",
  requirements: ["S-128", "S-129", "S-133"],
  needs: ["objectStore"],
  store: "objectStore",
  steps,
  sabotages: {
    "no fault": { what: "no server is killed", comesTo: "invalid" },
    "less parity": { what: "the parity is EC:2 instead of the component's", comesTo: "failed" },
    "no versions": { what: "the buckets keep no versions", comesTo: "failed" },
    "no healing": { what: "nobody heals the spoilt drive", comesTo: "failed" },
  },
  run,
};

async function run(room: Room, settings: Settings) {
  const { course, sabotage } = room;
  const { spec, args } = needed(settings, "objectStore");
  const bucket = args.buckets[0]!;
  const cluster = new ObjectStoreCluster(room, settings, sabotage === "less parity" ? "EC:2" : undefined);
  await course.step(steps[0]!, () => cluster.prepare());
  const traffic = await course.step(steps[1]!, async () => {
    const [container] = spec.buckets.spec.jobTemplate.spec.template.spec.containers;
    // A bucket with object lock keeps its versions whatever is said.
    const script = container!.command[2]!.replaceAll("--with-lock", sabotage === "no versions" ? "" : "--with-lock");
    const { code, stdout, stderr } = await cluster.script(script);
    if (code !== 0) throw new Error(`the buckets' job ended with ${code}: ${(stderr || stdout).trim().slice(-300)}`);
    if (sabotage === "no versions") await cluster.mc(["version", "suspend", `s0/${bucket}`]);
    const nonce = await cluster.mc(["pipe", `s0/${bucket}/nonce`], room.nonce);
    course.proof("the nonce is written before anything is broken", nonce.code === 0, bucket);
    const started = startTraffic(cluster, bucket);
    const isWritten = await until(() => started.stored.length >= earlyObjects, 60_000);
    if (!isWritten)
      throw new Error(`only ${started.stored.length} objects could be written: ${started.refused[0]?.reason ?? ""}`);
    return started;
  });
  // Written while everything was there, and so with the component's own parity.
  const early = traffic.stored.slice(0, earlyObjects);

  const zone = Array.from({ length: cluster.count }, (_, server) => server).filter(server => server % zones === 0);
  await lose(room, cluster, traffic, { step: steps[2]!, servers: zone.slice(0, 1), name: "a server", early });
  await lose(room, cluster, traffic, { step: steps[3]!, servers: zone, name: "a zone", early });
  await course.step(steps[4]!, () => loseTooMany(room, cluster, bucket, [...zone, 1]));
  await traffic.stop();
  const lost = await lostOf(cluster, traffic);
  course.check(
    "every confirmed object is there, unchanged",
    lost.length === 0,
    `${lost.length} of ${traffic.stored.length} lost${lost[0] ? `: ${lost[0]}` : ""}`,
  );
  course.check(
    "no read gave anything else than was stored",
    traffic.wrong === 0,
    `${traffic.wrong} of ${traffic.read} wrong`,
  );
  course.measure("total", traffic.stored.length, traffic.stored.length, "objects");
  course.measure("failed", lost.length, traffic.stored.length, "objects");
  course.measure("slowestWriteMs", traffic.slowestMs, traffic.stored.length, "ms");
  await course.step(steps[5]!, () => heal(room, cluster, bucket, new Set(early.map(one => one.key))));
  await course.step(steps[6]!, () => undo(room, cluster, bucket, traffic.stored[0]!.key));
  await course.step(steps[7]!, () => locked(room, cluster));
  const { stdout } = await room.servers.run(path.join(room.programs.objectStore, "minio"), ["--version"]);
  return { engines: { minio: stdout.split("\n")[0]!.split(" ")[2] ?? "unknown" } };
}

const stateText = ({ servers, drives }: { servers: number; drives: number }): string =>
  `${servers} servers and ${drives} drives`;

/** Kills servers, lets clients work on, and brings them back. */
async function lose(
  room: Room,
  cluster: ObjectStoreCluster,
  traffic: Traffic,
  { step, servers, name, early }: { step: string; servers: number[]; name: string; early: readonly Stored[] },
): Promise<void> {
  const { course, sabotage } = room;
  await course.step(step, async () => {
    const at = course.moment(`fault: ${name}`);
    const before = traffic.refused.length;
    if (sabotage !== "no fault") for (const server of servers) await cluster.kill(server);
    const gone = await Promise.all(servers.map(async server => !(await cluster.isThere(server))));
    course.proof(`${name} is gone`, gone.every(Boolean), `servers ${servers.join(", ")}`);
    await pause(lossMs);
    const since = () => traffic.stored.filter(one => one.atMs > at + 500);
    // A request that was under way in a server that died may be refused, and the first ones wait until it is given up.
    const isResumed = await until(() => since().length > 0, resumedMs - lossMs, 100);
    const resumed = (since()[0]?.atMs ?? course.now()) - at;
    await pause(lossMs);
    const refused = traffic.refused.slice(before).filter(one => one.atMs > at + Math.max(resumed, 2_000));
    course.check(
      `writes go on without ${name}`,
      isResumed,
      `${since().length} written, the first after ${Math.round(resumed)} ms`,
    );
    course.check(
      `nothing is refused without ${name}`,
      refused.length === 0,
      `${refused.length} refused${refused[0] ? `: ${refused[0].reason}` : ""}`,
    );
    const left = Array.from({ length: cluster.count }, (_, one) => one).find(one => !servers.includes(one))!;
    let unread: string[] = [];
    // What is only slow to be given right after the loss is not unreadable.
    await until(async () => (unread = await unreadable(cluster, left, early)).length === 0, 10_000, 1_000);
    course.check(
      `what was stored before is read without ${name}`,
      unread.length === 0,
      `${unread.length} of ${early.length} not read${unread[0] ? `: ${unread[0]}` : ""}`,
    );
    course.measure(`pause without ${name}`, resumed, since().length, "ms");
    if (sabotage !== "no fault") for (const server of servers) cluster.start(server);
    const isWhole = await cluster.isWhole();
    course.check(`it is whole again after ${name}`, isWhole, stateText(await cluster.state()));
  });
}

/** Below its quorum it has to refuse, not to take what it cannot keep. */
async function loseTooMany(room: Room, cluster: ObjectStoreCluster, bucket: string, servers: number[]): Promise<void> {
  const { course } = room;
  for (const server of servers) await cluster.kill(server);
  await pause(1_500);
  const left = Array.from({ length: cluster.count }, (_, one) => one).find(one => !servers.includes(one))!;
  const { code, stderr } = await cluster.mc(["pipe", `s${left}/${bucket}/too-few`], contentOf(room.nonce, "x"), 15_000);
  course.check(
    "it refuses writes that it could not keep",
    code !== 0,
    code === 0 ? "written" : stderr.trim().slice(-120),
  );
  for (const server of servers) cluster.start(server);
  course.check("it is whole again after that", await cluster.isWhole(90_000), stateText(await cluster.state()));
}

/** Objects that one server does not give as they were stored, each with what it said. */
async function unreadable(cluster: ObjectStoreCluster, server: number, all: readonly Stored[]): Promise<string[]> {
  const bad: string[] = [];
  for (const { bucket, key, hash } of all) {
    const { code, stdout, stderr } = await cluster.mc(["cat", `s${server}/${bucket}/${key}`]);
    const isSame = code === 0 && createHash("sha256").update(stdout).digest("hex") === hash;
    if (!isSame) bad.push(`${key}: ${code === 0 ? "another content" : stderr.trim().slice(-120)}`);
  }
  return bad;
}

/** How long a store that has just come back may take to read everything again, in milliseconds. */
const readableMs = 30_000;

/** Reads every confirmed object once more; says of each that does not come back as it was what became of it. */
async function lostOf(cluster: ObjectStoreCluster, traffic: Traffic): Promise<string[]> {
  const lost: string[] = [];
  const end = cluster.room.course.now() + readableMs;
  for (const one of traffic.stored) {
    let why: string | undefined;
    // Servers that were away find each other again one by one; what is only not readable yet is not lost.
    const isThere = async () => ([why] = await unreadable(cluster, 1, [one])).length === 0;
    if (!(await until(isThere, Math.max(0, end - cluster.room.course.now()), 500)))
      lost.push(`confirmed at ${Math.round(one.atMs / 100) / 10} s, ${why}`);
  }
  return lost;
}

/** Files on a drive that hold parts of these objects; what was refused may have left others, which nobody heals. */
const partsOf = (drive: string, bucket: string, keys: ReadonlySet<string>): string[] => {
  const dir = path.join(drive, bucket);
  return fs
    .readdirSync(dir, { recursive: true, encoding: "utf8" })
    .filter(file => path.basename(file).startsWith("part.") && keys.has(path.dirname(path.dirname(file))))
    .map(file => path.join(dir, file));
};
const digest = (file: string): string => createHash("sha256").update(fs.readFileSync(file)).digest("hex");

/** Turns bytes on one drive over; the store notices by its own sums, and puts them right from the others. */
async function heal(room: Room, cluster: ObjectStoreCluster, bucket: string, keys: ReadonlySet<string>): Promise<void> {
  const { course, sabotage } = room;
  const parts = partsOf(cluster.drive(1, 0), bucket, keys).slice(0, 20);
  const before = new Map(parts.map(file => [file, digest(file)]));
  for (const file of parts) {
    const bytes = fs.readFileSync(file);
    bytes[Math.floor(bytes.length / 2)]! ^= 0xff;
    fs.writeFileSync(file, bytes);
  }
  const spoilt = () => parts.filter(file => !fs.existsSync(file) || digest(file) !== before.get(file)).length;
  course.proof("parts on a drive were spoilt", parts.length > 0 && spoilt() === parts.length, `${parts.length} parts`);
  const at = course.now();
  const isHealed = await until(
    async () => {
      if (sabotage !== "no healing")
        await cluster.mc(["admin", "heal", "--recursive", "--scan", "deep", `s0/${bucket}`], "", 60_000);
      return spoilt() === 0;
    },
    sabotage === "no healing" ? 3_000 : 90_000,
    1_000,
  );
  course.check("the spoilt parts are healed", isHealed, `${spoilt()} of ${parts.length} left`);
  course.measure("healedMs", course.now() - at, parts.length, "ms");
}

/** What somebody deleted by mistake comes back with the same content. */
async function undo(room: Room, cluster: ObjectStoreCluster, bucket: string, key: string): Promise<void> {
  const place = `s0/${bucket}/${key}`;
  const before = await cluster.mc(["cat", place]);
  await cluster.mc(["rm", place]);
  const gone = await cluster.mc(["cat", place]);
  room.course.proof("the object was deleted", gone.code !== 0, key);
  await cluster.mc(["undo", "--force", "--last", "1", place]);
  const back = await cluster.mc(["cat", place]);
  room.course.check("a deleted object comes back unchanged", back.code === 0 && back.stdout === before.stdout, key);
}

/** What is locked stays, whoever asks. */
async function locked(room: Room, cluster: ObjectStoreCluster): Promise<void> {
  const { course } = room;
  const made = await cluster.mc(["mb", "--with-lock", "s0/locked"]);
  const set = await cluster.mc(["retention", "set", "--default", "COMPLIANCE", "1d", "s0/locked"]);
  await cluster.mc(["pipe", "s0/locked/kept"], room.nonce);
  course.proof("a version is locked", made.code === 0 && set.code === 0, (made.stderr || set.stderr).trim());
  const removed = await cluster.mc(["rm", "--versions", "--force", "s0/locked/kept"]);
  const still = await cluster.mc(["cat", "s0/locked/kept"]);
  course.check("a locked version cannot be removed", still.stdout === room.nonce, removed.stderr.trim().slice(-120));
}
