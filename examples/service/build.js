// The two builds: `fast` as developers use it, one file a source; `assemble` as it is delivered, one file for all.
const { buildSync } = require("esbuild");
const fs = require("node:fs");

const common = { platform: "node", format: "cjs", target: "node20", logLevel: "warning" };
const sources = fs.readdirSync("src").map(name => `src/${name}`);
const builds = {
  fast: () => buildSync({ ...common, entryPoints: sources, outdir: "build" }),
  assemble: () =>
    buildSync({
      ...common,
      entryPoints: ["src/main.ts"],
      bundle: true,
      outfile: "dist/service.cjs",
      legalComments: "none",
    }),
};

const build = builds[process.argv[2]];
if (!build) {
  console.error(`build ${process.argv[2]} is unknown; need one of ${Object.keys(builds).join(", ")}`);
  process.exit(64);
}
try {
  build();
} catch {
  // esbuild has said what and where.
  process.exit(1);
}
