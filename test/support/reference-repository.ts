import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../../local/state";
import { temporary } from "./local-stack";

/** The reference service as a repository of its own, with a release behind it and one to come. */
export interface ReferenceRepository {
  dir: string;
  git: (...args: string[]) => string;
  /** Commits what is changed, has it approved, tags it and pushes both. */
  release: (version: string, message?: string) => void;
  /** Applies a planted fault. */
  plant: (name: string) => void;
  /** Runs the machine it is released to, with the version before, and sends it requests. */
  target: (...args: string[]) => { code: number; said: string };
  load: (perSecond: number) => void;
  /** Words its commands noted, in order. */
  course: () => string[];
  remove: () => void;
}

const source = path.join(root, "examples", "service");
const phases = "K1 K2 K3 K4 K5";

/**
 * Copies the service into a repository with v1.9.0 released.
 * @param seconds how long each stage takes
 */
export function referenceRepository(seconds = 2): ReferenceRepository {
  const dir = temporary();
  const remote = temporary();
  const env = {
    ...process.env,
    ...{ GIT_AUTHOR_NAME: "Writer", GIT_AUTHOR_EMAIL: "writer@example.com" },
    ...{ GIT_COMMITTER_NAME: "Writer", GIT_COMMITTER_EMAIL: "writer@example.com", GIT_CONFIG_GLOBAL: "/dev/null" },
  };
  const git = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync("git", args, { cwd: dir, env, encoding: "utf8" });
    if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
    return stdout.trim();
  };
  fs.cpSync(source, dir, { recursive: true, filter: file => !/\/(node_modules|dist|build|\.greenlight)$/.test(file) });
  fs.mkdirSync(path.join(dir, "node_modules"));
  for (const name of ["esbuild", "jsonwebtoken", "cockatiel"])
    fs.symlinkSync(path.join(root, "node_modules", name), path.join(dir, "node_modules", name));
  // Stages of seconds: what is tried is the order of things, not patience.
  const settings = path.join(dir, "greenlight.yaml");
  fs.writeFileSync(
    settings,
    fs
      .readFileSync(settings, "utf8")
      .replace(/minutes: \d+/g, `minutes: ${seconds / 60}`)
      .replace("everySeconds: 15", "everySeconds: 0.5")
      .replace("leastRequests: 100", "leastRequests: 5")
      .replace("health: /api/v1/health\n", "health: /api/v1/health\n  healthMs: 10000\n"),
  );
  // How fast it answers beside the rest of the tests says nothing.
  const collection = path.join(dir, "test", "api.postman_collection.json");
  fs.writeFileSync(collection, fs.readFileSync(collection, "utf8").replace(/below\((100|500)\)/g, "below(10000)"));
  const own = path.join(dir, ".greenlight");
  fs.mkdirSync(path.join(own, "advisories"), { recursive: true });
  const now = new Date().toISOString();
  fs.writeFileSync(path.join(own, "advisories", "list.json"), JSON.stringify([{ id: "TEST-1", modified: now }]));
  fs.writeFileSync(path.join(own, "error-budget.json"), JSON.stringify({ left: 0.4, at: now }));
  fs.writeFileSync(path.join(own, "secret"), randomBytes(24).toString("base64"));
  const target = (...args: string[]) => {
    const done = spawnSync(process.execPath, ["release/target.js", ...args], { cwd: dir, encoding: "utf8" });
    return { code: done.status ?? 1, said: `${done.stdout}${done.stderr}` };
  };
  git("init", "-q", "-b", "main");
  git("init", "-q", "--bare", remote);
  git("remote", "add", "origin", remote);
  const later = path.join(dir, "migrations", "002-reactions.sql");
  const text = fs.readFileSync(later, "utf8");
  fs.rmSync(later);
  git("add", "-A");
  git("commit", "-qm", "what v1.9.0 holds");
  git("tag", "-a", "v1.9.0", "-m", `v1.9.0 ${phases}`);
  git("push", "-q", "origin", "main", "v1.9.0");
  fs.writeFileSync(later, text);
  return {
    ...{ dir, git, target },
    release: (version, message = `${version}\n\n${phases}`) => {
      git("add", "-A");
      if (git("status", "--porcelain")) git("commit", "-qm", `what ${version} holds`);
      const commit = git("rev-parse", "HEAD");
      const approval = { version, commit, change: "CHG-1", by: "reviewer@example.com", at: "2026-11-26T08:00:00Z" };
      fs.mkdirSync(path.join(dir, "approvals"), { recursive: true });
      fs.writeFileSync(path.join(dir, "approvals", `${version}.yaml`), JSON.stringify(approval));
      git("add", "-A");
      git("commit", "-qm", `${version} is approved`);
      git("tag", "-a", version, "-m", message);
      git("push", "-q", "origin", "main", version);
    },
    plant: name => void git("apply", path.join(source, "planted", `${name}.patch`)),
    load: perSecond =>
      spawn(process.execPath, ["release/target.js", "load", String(perSecond)], {
        ...{ cwd: dir, detached: true, stdio: "ignore" },
      }).unref(),
    course: () => {
      const file = path.join(own, "target", "course.log");
      return fs.existsSync(file) ? fs.readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
    },
    remove: () => {
      if (fs.existsSync(path.join(own, "target", "state.json"))) target("down");
      fs.rmSync(dir, { recursive: true, force: true });
      fs.rmSync(remote, { recursive: true, force: true });
    },
  };
}
