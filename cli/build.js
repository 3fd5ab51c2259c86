// Compiles the tree: every .ts file to bin/ (one to one), and the policy pack to one file, policies/bin/index.js.
// Plain JavaScript because it runs before anything is compiled. Types are checked by `npm test`, not here.
const { spawnSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const { forget } = require("./compiled.js");

const root = path.resolve(__dirname, "..");
const skipped = new Set(["node_modules", "bin", ".git", ".greenlight"]);
/** The whole command in one file. */
const command = "bin/cli/greenlight.js";
const verifier = "bin/verify.js";
const replay = "bin/replay.js";
const outputs = new Set(["evidence", "report", "ledger"]);

/** Every source file below the root, sorted; outputs and dependencies left out. */
function sources(dir = root, found = []) {
  for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
    const file = path.join(dir, entry.name);
    if (entry.isDirectory()) {
      if (!skipped.has(entry.name) && !(dir === root && outputs.has(entry.name))) sources(file, found);
    } else if (/\.ts$/.test(entry.name) && !entry.name.endsWith(".d.ts")) found.push(file);
  }
  return found.sort();
}

/** The state of all sources as one word: a changed, added or removed file changes it. */
function fingerprint() {
  let state = "";
  for (const file of [
    ...sources(),
    __filename,
    require.resolve("./compiled.js"),
    ...["package-lock.json", "components/versions.json"].map(name => path.join(root, name)),
  ]) {
    const { mtimeMs, size } = fs.statSync(file);
    state += `${file.slice(root.length)} ${mtimeMs} ${size}\n`;
  }
  return createHash("sha256").update(state).digest("hex");
}

const stamp = path.join(root, "bin", ".stamp");
const isFresh = () => fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === fingerprint();

async function build() {
  const { build: esbuild } = require("esbuild");
  const before = fingerprint();
  const common = { absWorkingDir: root, platform: "node", format: "cjs", target: "node20", logLevel: "warning" };
  const files = sources();
  // A test or module that no longer has a source must not run again.
  const wanted = new Set(files.map(f => path.join(root, "bin", path.relative(root, f)).replace(/\.ts$/, ".js")));
  for (const file of [command, verifier, replay]) wanted.add(path.join(root, file));
  removeStrays(path.join(root, "bin"), wanted);
  // Tables the program reads are copied beside it, so that its fingerprint covers them.
  const tables = ["components/versions.json"];
  await esbuild({
    ...common,
    entryPoints: [...files, ...tables],
    loader: { ".json": "copy" },
    outdir: "bin",
    outbase: ".",
    sourcemap: "linked",
  });
  forget(path.join(root, command));
  // The command is one file too: node takes longer to find three hundred files than to read one.
  const { metafile } = await esbuild({
    ...common,
    entryPoints: ["cli/main.ts"],
    outfile: command,
    bundle: true,
    metafile: true,
    external: [
      "@cyclonedx/*",
      "@grpc/grpc-js",
      "@pulumi/*",
      "@secretlint/*",
      "echarts",
      "esbuild",
      "google-protobuf",
      "libpg-query",
      "newman",
      "tinyglobby",
    ],
    sourcemap: "linked",
  });
  importLate(path.join(root, command), metafile.outputs[command].imports);
  // The page computes its verdict again. What it takes of the tree hashes nothing: the import falls away.
  const noCrypto = {
    name: "no-crypto",
    setup: made =>
      made.onResolve({ filter: /^node:crypto$/ }, ({ path: name }) => ({
        path: name,
        external: true,
        sideEffects: false,
      })),
  };
  await esbuild({
    ...common,
    ...{ entryPoints: ["readiness/replay-page.ts"], outfile: replay, bundle: true, minify: true },
    ...{ platform: "browser", format: "iife", target: "es2022", plugins: [noCrypto] },
  });
  // What an auditor runs needs nothing but this file and node.
  await esbuild({ ...common, entryPoints: ["readiness/verify-main.ts"], outfile: verifier, bundle: true });
  // The pack is one file so that one hash (policies/pack.lock) says exactly which rules run.
  await esbuild({
    ...common,
    entryPoints: ["policies/pack.ts"],
    outfile: "policies/bin/index.js",
    bundle: true,
    charset: "utf8",
    legalComments: "none",
    external: ["@pulumi/*"],
    // Packages may be linked in from elsewhere: where they lie must not show in the bundle, or its hash would differ.
    preserveSymlinks: true,
  });
  // What the API server is to refuse follows from the rules that were just compiled.
  const compiled = file => require(path.join(root, "bin", "policies", file));
  const policies = compiled("engine/admission.js").admissionPolicies(compiled("rules/catalogue.js").rules);
  fs.writeFileSync(path.join(root, "policies", "bin", "admission.json"), `${JSON.stringify(policies, null, 1)}\n`);
  fs.writeFileSync(stamp, before);
  // What checking manifests compiles is most of what any command does. Without it everything works, only later.
  spawnSync(
    process.execPath,
    [path.join(__dirname, "compiled.js"), path.join(root, command), "check", "examples/good"],
    {
      cwd: root,
      stdio: "ignore",
    },
  );
}

/** Has a bundle load by `importLate`, where compiled.js runs it and gives it that, what can only be imported. */
function importLate(file, imports) {
  const late = imports.filter(one => one.kind === "dynamic-import").map(one => one.path);
  let text = fs.readFileSync(file, "utf8");
  for (const name of new Set(late)) {
    const own = `import(${JSON.stringify(name)})`;
    const parts = text.split(`await ${own}`);
    const wanted = late.filter(one => one === name).length;
    if (parts.length !== wanted + 1) throw new Error(`${name} is imported ${parts.length - 1} times; need ${wanted}`);
    text = parts.join(`await (typeof importLate === "function" ? importLate(${JSON.stringify(name)}) : ${own})`);
  }
  fs.writeFileSync(file, text);
}

function removeStrays(dir, wanted) {
  if (!fs.existsSync(dir)) return;
  for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
    const file = path.join(dir, entry.name);
    if (entry.isDirectory()) removeStrays(file, wanted);
    else if (/\.js(\.map)?$/.test(entry.name) && !wanted.has(file.replace(/\.map$/, ""))) fs.rmSync(file);
  }
}

module.exports = { build, isFresh };
if (require.main === module)
  build().catch(error => {
    console.error(String(error.message ?? error));
    process.exit(70);
  });
