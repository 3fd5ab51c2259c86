import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { mongodbSpec } from "../../components/data/mongodb-spec";
import { temporary } from "../support/local-stack";
import { reasonsOf } from "../support/program";
import { mongodb, plan } from "../support/shop";

const spec = mongodbSpec(mongodb, plan);
const { initContainers = [], containers } = spec.drill.spec.jobTemplate.spec.template.spec;
const steps = [...initContainers, ...containers];
const [set, restore] = ["set.json", "restore.json"].map(
  file => JSON.parse(spec.drillPlan.data[file]!) as { metadata: object; spec: Record<string, unknown> },
);

/** Answers as the API server would, out of a folder: what is there, which backups there are, in which state what is made is. */
const kubectl = `#!/bin/sh
echo "$*" >> "$STATE/asked"
case "$*" in
  "get perconaservermongodbbackup "*) cat "$STATE/backups" ;;
  "get "*"--ignore-not-found -o name") [ ! -e "$STATE/there/$2" ] || echo "$2" ;;
  "get perconaservermongodbrestore/"*".status.state}") cat "$STATE/restored" ;;
  "get "*".status.state}") echo ready ;;
  "get "*) echo "error the storage cannot be read" ;;
  "delete "*) rm -f "$STATE/there/$2" ;;
  "create -f "*)
    [ "$3" = - ] && cat > "$STATE/made" || cat "$3" > "$STATE/made"
    kind=$(sed -n 's/^  "kind": "\\(.*\\)",/\\1/p' "$STATE/made" | tr A-Z a-z)
    mkdir -p "$STATE/there/$kind" "$STATE/there/pvc"
    touch "$STATE/there/$kind/docs-drill" "$STATE/there/pvc/mongod-data-docs-drill-rs0-0" ;;
esac
`;

/** The job of the drill, its own scripts in a shell, with a cluster and a set that say what they are told to. */
function run(told: { backups?: string; restored?: string; found?: string }) {
  const dir = temporary();
  const write = (file: string, text: string, mode = 0o644) => fs.writeFileSync(path.join(dir, file), text, { mode });
  for (const folder of ["bin", "scratch", "plan", "there"]) fs.mkdirSync(path.join(dir, folder));
  write("bin/kubectl", kubectl, 0o755);
  write("bin/mongosh", '#!/bin/sh\ncat "$STATE/found"\n', 0o755);
  write("backups", told.backups ?? "2026-01-01T04:00:00Z logical docs s3://backups/mongodb/docs/one\n");
  write("restored", told.restored ?? "ready");
  write("found", told.found ?? "");
  for (const [file, text] of Object.entries(spec.drillPlan.data)) write(`plan/${file}`, text);
  const env = { PATH: `${path.join(dir, "bin")}${path.delimiter}${process.env.PATH}`, STATE: dir, USER_NAME: "u" };
  let said = "";
  let code: number | null = 0;
  for (const { command } of steps) {
    if (code !== 0) break;
    const script = command[2]!.replace(/\/(scratch|plan)\//g, `${dir}/$1/`);
    const done = spawnSync("sh", ["-c", script], { env: { ...env, PASSWORD: "p" }, encoding: "utf8" });
    code = done.status;
    said += done.stdout;
  }
  const left = fs.readdirSync(path.join(dir, "there"), { recursive: true }).filter(one => String(one).includes("docs"));
  const asked = fs.readFileSync(path.join(dir, "asked"), "utf8");
  const made = fs.existsSync(path.join(dir, "made")) ? fs.readFileSync(path.join(dir, "made"), "utf8") : "";
  fs.rmSync(dir, { recursive: true });
  return { code, said, left, asked, made };
}

const minutesAgo = (minutes: number) => `at ${Math.floor(Date.now() / 1_000) - minutes * 60}\n`;

describe("MongoDB's restore drill", () => {
  it("restores the newest logical backup of this set, says what came back, and leaves nothing", () => {
    const { code, said, left, made } = run({
      backups: [
        "2026-01-03T04:00:00Z physical docs s3://backups/mongodb/docs/three",
        "2026-01-04T04:00:00Z logical docs-drill s3://backups/mongodb/docs/four",
        "2026-01-02T04:00:00Z logical docs s3://backups/mongodb/docs/two",
        "2026-01-01T04:00:00Z logical docs s3://backups/mongodb/docs/one",
      ].join("\n"),
      found: `${minutesAgo(2)}nonce 0123456789abcdef\n`,
    });
    assert.equal(code, 0, said);
    assert.match(made, /"destination": "s3:\/\/backups\/mongodb\/docs\/two"/);
    assert.match(said, /^nonce 0123456789abcdef$/m);
    assert.match(said, /^heartbeat 2 min old when the restore began; at most 5 is promised$/m);
    assert.deepEqual(left, []);
  });

  it("fails, and leaves nothing, where anything is not as it has to be", () => {
    for (const [told, why] of [
      [{ backups: "" }, /there is no logical backup to restore/],
      [{ restored: "error" }, /the storage cannot be read/],
      [{ found: "MongoServerError: not authorized\n" }, /not authorized\nno heartbeat came back/],
      [{ found: minutesAgo(7) }, /heartbeat 7 min old/],
    ] as const) {
      const { code, said, left } = run(told);
      assert.equal(code, 1, String(why));
      assert.match(said, why);
      assert.deepEqual(left, [], String(why));
    }
  });

  it("makes a set like the one that serves, which nothing of that one's goes with", () => {
    const served = spec.cluster.spec;
    assert.equal("finalizers" in set!.metadata, false);
    assert.deepEqual(set!.spec.secrets, served.secrets);
    assert.deepEqual(set!.spec.tls, served.tls);
    const [{ sidecars, priorityClassName, topologySpreadConstraints, ...members }] = served.replsets as [
      (typeof served.replsets)[0],
    ];
    assert.deepEqual([sidecars.length, priorityClassName, topologySpreadConstraints.length], [1, "shop-vital", 1]);
    const [own] = set!.spec.replsets as Record<string, unknown>[];
    assert.deepEqual({ ...own, ...members }, own);
    assert.equal(own!.priorityClassName, "shop-ordinary");
    const { pitr, tasks, ...backup } = served.backup;
    assert.deepEqual([pitr.enabled, tasks.length], [true, 3]);
    // A second set that ships its oplog to the same place would spoil it.
    assert.deepEqual(set!.spec.backup, { ...backup, pitr: { enabled: false } });
    assert.equal((restore!.spec as { clusterName: string }).clusterName, "docs-drill");
  });

  it("may delete what bears its own names, and nothing else", () => {
    const { asked } = run({ found: minutesAgo(1) });
    const deleted = new Set(asked.match(/(?<=^delete )\S+/gm)!.map(one => one.split("/")[1]));
    const may = spec.drillRole.rules.filter(rule => rule.verbs.includes("delete"));
    assert.deepEqual([...deleted].sort(), [...new Set(may.flatMap(rule => rule.resourceNames ?? ["anything"]))].sort());
    assert.ok([...deleted].every(name => name!.includes("docs-drill")));
    // Waiting as kubectl does it takes rights that cannot be bounded to a name.
    assert.doesNotMatch(asked, /--wait(?!=false)|^wait /m);
  });

  it("is let through to the restored set, and that one to itself and the bucket", () => {
    const { members, jobs } = spec.networkPolicies;
    const both = /"operator":"In","values":\["docs","docs-drill"\]/;
    assert.match(JSON.stringify(members.spec.podSelector), both);
    for (const rules of [members.spec.ingress, members.spec.egress, jobs.spec.egress])
      assert.match(JSON.stringify(rules), both);
  });

  it("runs scripts that a POSIX shell can read", () => {
    for (const job of [spec.heartbeat, spec.drill])
      for (const { command } of [
        ...(job.spec.jobTemplate.spec.template.spec.initContainers ?? []),
        ...job.spec.jobTemplate.spec.template.spec.containers,
      ])
        assert.equal(spawnSync("sh", ["-n", "-c", command[2]!]).status, 0);
  });

  it("needs names that are short enough for the drill's set too", () =>
    assert.deepEqual(
      reasonsOf(() => mongodbSpec({ ...mongodb, name: "d".repeat(41) }, plan)),
      [`name is "${"d".repeat(41)}"; need at most 40 characters`],
    ));
});
