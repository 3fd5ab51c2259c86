#!/usr/bin/env node
// The door to everything: `npx greenlight …`, `npm run up`, `npm test`. On a fresh clone it installs the packages of
// package-lock.json and compiles, says so, and then runs what was asked. Plain JavaScript: it runs before any build.
const { spawnSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const root = path.resolve(__dirname, "..");
const [major, minor] = process.versions.node.split(".").map(Number);
if (!(major === 20 ? minor >= 19 : major >= 22)) {
  console.error(`node is ${process.versions.node}; need 20.19 or newer, 22.12 or newer, or 24.`);
  process.exit(64);
}

const say = text => console.error(text);
const sleep = ms => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** Runs `work` while no other launcher of this checkout runs its own; a holder that died is passed over. */
function alone(work) {
  const lock = path.join(root, ".greenlight", "setup.lock");
  fs.mkdirSync(path.dirname(lock), { recursive: true });
  for (let told = false; ; sleep(200)) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const holder = Number(readOr(lock, ""));
      if (holder && !isAlive(holder)) fs.rmSync(lock, { force: true });
      else if (!told) ((told = true), say(`waiting for another greenlight (process ${holder}) to finish setting up`));
    }
  }
  try {
    return work();
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

const readOr = (file, other) => {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return other;
  }
};

function install() {
  const wanted = createHash("sha256")
    .update(fs.readFileSync(path.join(root, "package-lock.json")))
    .digest("hex");
  const stamp = path.join(root, "node_modules", ".greenlight-installed");
  const isInstalled = () => readOr(stamp, "") === wanted;
  if (isInstalled()) return;
  alone(() => {
    if (isInstalled()) return;
    say("installing packages (npm ci), about half a minute …");
    const started = Date.now();
    // Install scripts stay off: the plugins and binaries they would download are the toolchain's job.
    const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    const done = spawnSync("npm", args, {
      cwd: root,
      stdio: ["ignore", 2, 2],
      shell: process.platform === "win32",
    });
    if (done.status !== 0) {
      say(
        "npm ci failed: the packages of package-lock.json could not be installed. Fix what npm says above; run again.",
      );
      process.exit(70);
    }
    linkOurselves();
    fs.writeFileSync(stamp, wanted);
    say(`packages installed in ${Math.round((Date.now() - started) / 1000)} s`);
  });
}

/** Puts `greenlight` beside the installed programs, where npx finds it at once instead of making an install of its own. */
function linkOurselves() {
  const link = path.join(root, "node_modules", ".bin", "greenlight");
  if (process.platform === "win32" || fs.existsSync(link)) return;
  fs.symlinkSync(path.join("..", "..", "cli", "launch.js"), link);
}

function compile() {
  const { isFresh } = require("./build.js");
  if (isFresh()) return;
  alone(() => {
    if (isFresh()) return;
    // A process of its own, so that this one keeps no compiler in memory.
    const done = spawnSync(process.execPath, [path.join(__dirname, "build.js")], {
      cwd: root,
      stdio: ["ignore", 2, 2],
    });
    if (done.status !== 0) process.exit(done.status ?? 70);
  });
}

install();
compile();
const [first, script, ...rest] = process.argv.slice(2);
const target =
  first === "--run"
    ? path.join(root, "bin", "cli", "scripts", `${script}.js`)
    : path.join(root, "bin", "cli", "greenlight.js");
if (first === "--run") process.argv.splice(2, process.argv.length, ...rest);
if (first === "--run") require(target);
else require("./compiled.js").run(target);
