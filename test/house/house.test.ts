import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../../local/process";
import { root } from "../../local/state";
import { compareVersions } from "../../local/toolchain/platform";

const read = (file: string) => fs.readFileSync(path.join(root, file), "utf8");
const local = (program: string) => path.join(root, "node_modules", ".bin", program);

async function clean(program: string, args: string[]): Promise<void> {
  const { code, stdout, stderr } = await run(program, args, { cwd: root });
  assert.equal(code, 0, `${stdout}${stderr}`.trim());
}

describe("the house", function () {
  this.timeout(120_000);

  it("has sound types", () => clean(local("tsc"), ["--noEmit", "-p", "."]));
  it("has no lint, and every folder imports what the table allows", () =>
    clean(local("eslint"), ["--max-warnings", "0", "."]));
  it("is formatted", () => clean(local("prettier"), ["--check", "--log-level", "warn", "."]));
  it("has generated files that are in step with their sources", () =>
    clean(process.execPath, [path.join(root, "bin", "cli", "scripts", "generate.js"), "--check"]));

  it("builds the same pack twice", async () => {
    const before = read("policies/bin/index.js");
    await clean(process.execPath, [path.join(root, "cli", "build.js")]);
    assert.equal(read("policies/bin/index.js"), before);
  });

  it("refuses an import that the table does not allow", async () => {
    const file = path.join(root, "model", "forbidden-import-probe.ts");
    fs.writeFileSync(file, 'import { rules } from "../policies/rules/catalogue";\nexport const probe = rules;\n');
    try {
      const { code, stdout } = await run(local("eslint"), [file], { cwd: root });
      assert.equal(code, 1);
      assert.match(stdout, /model\/ may import nothing of ours/);
    } finally {
      fs.rmSync(file);
    }
  });

  it("keeps the program under 40 lines and every source under 300", () => {
    assert.ok(read("index.ts").split("\n").length < 40);
    const sources = fs
      .readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter(file => file.endsWith(".ts") && !/node_modules|^bin|policies\/bin/.test(file));
    const long = sources.filter(file => read(file).split("\n").length > 300);
    assert.deepEqual(long, []);
  });

  it("depends at run time on packages that run on node 20.19", () => {
    const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
    for (const [name, version] of Object.entries(dependencies)) {
      assert.match(version, /^\d+\.\d+\.\d+$/, `${name} is not pinned`);
      const { engines } = JSON.parse(read(`node_modules/${name}/package.json`)) as { engines?: { node?: string } };
      const ranges = (engines?.node ?? ">=0").split("||").map(range => range.trim());
      const admits = ranges.some(range => {
        if (range === "*") return true;
        const at = /\d+(\.\d+)*/.exec(range)![0];
        const isCaret = range.startsWith("^");
        return compareVersions("20.19.0", at) >= 0 && (!isCaret || at.split(".")[0] === "20");
      });
      assert.ok(admits, `${name} ${version} wants node ${engines?.node}`);
    }
  });
});
