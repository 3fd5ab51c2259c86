// Runs a bundle with what V8 made of it the last time: compiling four megabytes anew takes longer than most commands do.
// Plain JavaScript: it runs before any build. Node's own cache (module.enableCompileCache) does the same from 22 on, not on 20.
const fs = require("node:fs");
const { createRequire } = require("node:module");
const path = require("node:path");
const vm = require("node:vm");

const cacheOf = file => file.replace(/\.js$/, ".cache");

/** What was kept of a bundle; undefined where nothing was, or it cannot be read: it is compiled then. */
function kept(file) {
  try {
    return fs.readFileSync(cacheOf(file));
  } catch {
    return undefined;
  }
}

/** Loads what can only be imported. A bundle calls this by name: what V8 kept has lost its own `import` (node 20). */
const importLate = name => import(name);

/** Runs a bundle as `require` would. V8 refuses a cache of another version or other flags, and compiles as ever. */
function run(file) {
  // The bundle is ASCII (esbuild escapes the rest), which is read fastest this way.
  const source = `(function (exports, require, module, __filename, __dirname, importLate) { ${fs.readFileSync(file, "latin1")}\n})`;
  const script = new vm.Script(source, { filename: file, cachedData: kept(file) });
  const bundle = { exports: {} };
  const given = [bundle.exports, createRequire(file), bundle, file, path.dirname(file), importLate];
  script.runInThisContext().apply(bundle.exports, given);
  return script;
}

/** V8 tells a bundle from another by its length alone: the cache must be gone before another is written. */
const forget = file => fs.rmSync(cacheOf(file), { force: true });

module.exports = { run, forget };
// `node cli/compiled.js BUNDLE ARGUMENTS…` keeps what V8 has compiled when the bundle is done.
if (require.main === module) {
  process.argv.splice(1, 1);
  const bundle = path.resolve(process.argv[1]);
  const script = run(bundle);
  process.on("exit", () => {
    const temporary = `${cacheOf(bundle)}.${process.pid}`;
    fs.writeFileSync(temporary, script.createCachedData());
    fs.renameSync(temporary, cacheOf(bundle));
  });
}
