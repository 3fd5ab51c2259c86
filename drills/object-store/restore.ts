import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { connect, mirrorBack } from "../../components/data/object-store-scripts";
import type { Bucket } from "../bucket";
import { startBucket } from "../bucket";
import { saidBy } from "../cluster/restore";
import { RepairFailed } from "../course";
import type { Drill, Room, Settings } from "../drill";
import { needed } from "../drill";
import { judgeLoss, overwriteBackup, promisedBefore } from "../restoring";
import { until } from "../servers";
import type { Stored } from "./cluster";
import { ObjectStoreCluster, startTraffic } from "./cluster";

const steps = [
  "start a bucket with versions and object lock",
  "start the component's servers and drives",
  "make its buckets by its own job, and write",
  "copy as the component's job does",
  "change, remove and write what the copy does not know",
  "compare as the component's job does",
  "lose every server and all drives",
  "make the store anew and copy back, as the runbook says",
  "compare with what was confirmed",
];

/** Objects that are written before the copy is made. */
const earlyObjects = 12;
/** A name that a shell takes apart, and one that looks like an option. */
const oddNames = ["two words & more.txt", "-n"];

/** S-130 to S-133: an object store comes back from its copy, after all its servers and drives are gone. */
export const restoreObjects: Drill = {
  id: "restore objects",
  title: "The object store comes back from its copy when all its drives are gone",
  kind: "restore drill",
  requirements: ["S-130", "S-131", "S-132", "S-133", "S-170"],
  needs: ["objectStore", "aws"],
  store: "objectStore",
  steps,
  sabotages: {
    "no fault": { what: "servers and drives are left as they are", comesTo: "invalid" },
    "no backup": { what: "nothing is copied", comesTo: "failed" },
    "spoilt copy": { what: "objects in the copy are overwritten", comesTo: "failed" },
    "wrong credentials": { what: "the restore is given a key that does not open the bucket", comesTo: "failed" },
    "bucket gone": { what: "the bucket's server is gone when it is needed", comesTo: "failed" },
    "another nonce": { what: "the copy is another drill's", comesTo: "invalid" },
  },
  run,
};

/** What is told of an object beside its content. */
const attribute = "X-Amz-Meta-Drill=told";

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

async function run(room: Room, settings: Settings) {
  const { course, sabotage } = room;
  const { spec, args } = needed(settings, "objectStore");
  const [name] = args.buckets as [string];
  const outside = await course.step(steps[0]!, () =>
    startBucket(room.servers, room.programs, settings.plan.target.bucket),
  );
  const cluster = new ObjectStoreCluster(room, settings);
  const job = async (script: string, { nonce = room.nonce, wrong = false } = {}) => {
    const key = wrong ? { AWS_SECRET_ACCESS_KEY: "not the key" } : {};
    const env = { ...outside.env, NONCE: nonce, ...key };
    const done = await cluster.script(script, { env, authority: outside.env.AWS_CA_BUNDLE! });
    const said = `${done.stdout}\n${done.stderr}`.trim().split("\n").slice(-2).join(" / ").slice(-300);
    return { ...done, said };
  };
  const scriptOf = (one: typeof spec.backup): string =>
    one.spec.jobTemplate.spec.template.spec.containers[0]!.command[2]!;

  await course.step(steps[1]!, () => cluster.prepare());
  const traffic = await course.step(steps[2]!, async () => {
    const made = await job(scriptOf(spec.buckets));
    if (made.code !== 0) throw new Error(`the buckets' job ended with ${made.code}: ${made.said}`);
    for (const key of [...oddNames, "changed", "removed"])
      await cluster.mc(["pipe", "--attr", attribute, `s0/${name}/${key}`], `${room.nonce} ${key}`);
    const started = startTraffic(cluster, name);
    if (!(await until(() => started.stored.length >= earlyObjects, 60_000)))
      throw new Error(`only ${started.stored.length} objects could be written: ${started.refused[0]?.reason ?? ""}`);
    return started;
  });

  const { copiedMs, lapsedMs } = await course.step(steps[3]!, async () => {
    // What is confirmed by now is in the copy; asked before it begins.
    const at = { copiedMs: course.now(), lapsedMs: 0 };
    if (sabotage === "no backup") return at;
    const done = await job(scriptOf(spec.backup), sabotage === "another nonce" ? { nonce: "0123456789abcdef" } : {});
    if (done.code !== 0) throw new Error(`the copy's job ended with ${done.code}: ${done.said}`);
    return { ...at, lapsedMs: await lapse(room, outside, `objects/${args.name}/${name}/${oddNames[0]!}`) };
  });
  const later = traffic.stored.length;
  await course.step(steps[4]!, async () => {
    await cluster.mc(["pipe", `s0/${name}/changed`], "something else");
    await cluster.mc(["rm", `s0/${name}/removed`]);
    await until(() => traffic.stored.length > later + 4 && Date.now() > lapsedMs, retainedMs + 60_000);
  });
  if (sabotage === "spoilt copy") await overwriteBackup(room, outside, `objects/${args.name}/${name}`, "[0-9]*");
  if (sabotage === "bucket gone") await outside.goAway();
  const wrong = sabotage === "wrong credentials";

  await course.step(steps[5]!, async () => {
    const done = await job(scriptOf(spec.drill), { wrong });
    course.check("the component's job finds the copy as it has to be", done.code === 0, `${done.code}: ${done.said}`);
    if (done.code !== 0) return;
    const { nonce, compared = 0 } = saidBy(done.stdout);
    course.proof("the job itself found the nonce", nonce === room.nonce, nonce ?? "none");
    course.check("the job compared what was copied", compared >= earlyObjects, `${compared} objects`);
  });

  const faultAt = await course.step(steps[6]!, () => loseAll(room, cluster));
  const { stored, refused } = traffic;
  const promised = await promisedBefore(course, faultAt, { refused, confirmed: stored, stop: traffic.stop }, "objects");
  const rtoMs = await course.step(steps[7]!, async () => {
    for (let server = 0; server < cluster.count; server++) cluster.start(server);
    if (!(await cluster.isWhole(90_000))) throw new RepairFailed("the new store did not come together in 90 s");
    for (const script of [scriptOf(spec.buckets), connect + mirrorBack(args.buckets, args.name)]) {
      const done = await job(script);
      if (done.code !== 0) throw new RepairFailed(`the copy could not be brought back: ${done.said}`);
    }
    return course.moment("recovered") - faultAt;
  });
  await course.step(steps[8]!, () =>
    compare({ room, cluster, settings }, { promised, copiedMs, faultAt, rtoMs, name }),
  );
  return { engines: { minio: outside.version.split(" ")[2] ?? "unknown" } };
}

/** How long a retention that is to lapse lasts; the client that sets it has to have started by then. */
const retainedMs = 30_000;

/** Lets the retention of an object in the copy end soon, as that of every object does that was copied long ago. @returns when, of the wall */
async function lapse({ servers, programs, course }: Room, outside: Bucket, key: string): Promise<number> {
  const endMs = Date.now() + retainedMs;
  const { code, stderr } = await servers.run(
    path.join(programs.aws, "aws"),
    [
      ...["--endpoint-url", outside.url, "s3api", "put-object-retention", "--bucket", outside.name, "--key", key],
      ...[
        "--bypass-governance-retention",
        "--retention",
        `Mode=GOVERNANCE,RetainUntilDate=${new Date(endMs).toISOString()}`,
      ],
    ],
    { env: outside.env, timeoutMs: 60_000 },
  );
  course.proof("an object's retention lapses", code === 0, stderr.trim().slice(-200));
  return endMs;
}

async function loseAll({ course, sabotage }: Room, cluster: ObjectStoreCluster): Promise<number> {
  const all = Array.from({ length: cluster.count }, (_, server) => server);
  const at = course.moment("fault");
  if (sabotage !== "no fault") {
    await Promise.all(all.map(server => cluster.kill(server)));
    all.forEach(server => cluster.empty(server));
  }
  const there = await Promise.all(all.map(server => cluster.isThere(server)));
  course.proof("no server answers any more", !there.includes(true), `${there.filter(Boolean).length} do`);
  const drives = all.flatMap(server =>
    Array.from({ length: cluster.drives }, (_, drive) => cluster.drive(server, drive)),
  );
  const left = drives.filter(drive => fs.existsSync(drive)).length;
  course.proof("every drive is gone", left === 0, `${left} of ${drives.length} left`);
  return at;
}

/** Reads every confirmed object out of the store that came back. */
async function compare(
  { room, cluster, settings }: { room: Room; cluster: ObjectStoreCluster; settings: Settings },
  seen: { promised: readonly Stored[]; copiedMs: number; faultAt: number; rtoMs: number; name: string },
): Promise<void> {
  const { course, nonce } = room;
  const { promised, copiedMs, faultAt, rtoMs, name } = seen;
  const read = async (key: string) => {
    const { code, stdout } = await cluster.mc(["cat", `s0/${name}/${key}`]);
    return code === 0 ? stdout : undefined;
  };
  const lost: Stored[] = [];
  let changed = 0;
  for (const one of promised) {
    const text = await read(one.key);
    if (text === undefined) lost.push(one);
    else if (digest(text) !== one.hash) changed++;
  }
  const first = await read(oddNames[0]!);
  course.proof("what came back holds this drill's nonce", first?.startsWith(nonce) === true, first ?? "nothing");
  const safe = lost.filter(one => one.atMs < copiedMs);
  course.check("everything the copy had came back", safe.length === 0, `${safe.length} of ${promised.length} lost`);
  course.check("nothing is another than was written", changed === 0, `${changed} changed`);
  const names = await Promise.all([...oddNames, "changed", "removed"].map(read));
  const asCopied = [...oddNames, "changed", "removed"].every((key, index) => names[index] === `${nonce} ${key}`);
  course.check("odd names, and what was changed or removed since, are as they were copied", asCopied, names.join(", "));
  const { stdout: told } = await cluster.mc(["stat", "--json", `s0/${name}/${oddNames[0]!}`]);
  course.check(
    "what is told of an object came back with it",
    told.includes(`"${attribute.replace("=", `":"`)}"`),
    told.trim(),
  );
  course.check("no retention of the copy is left on it", !told.includes("Object-Lock"), told.trim());
  const plan = settings.plan.objectStore;
  judgeLoss(course, settings, { plan, lost, promised: promised.length, faultAt, rtoMs, unit: "objects" });
  const again = await cluster.mc(["pipe", `s0/${name}/after`], nonce);
  course.check("it takes writes again", again.code === 0, again.stderr.trim().slice(-120));
}
