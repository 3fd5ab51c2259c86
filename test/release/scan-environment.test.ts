import assert from "node:assert/strict";
import { classify, findEnvironment } from "../../release/scan/environment";
import { random, scanRoom, told } from "../support/scan-room";
import { harmless } from "./harmless";

describe("greenlight scan", function () {
  this.timeout(120_000);
  const { write, scanned } = scanRoom();

  describe("of the environment", () => {
    for (const [wanted, forms] of Object.entries(harmless))
      it(`classes ${forms.length} uses as ${wanted}, each with the reason`, () => {
        const wrong = forms.flatMap(({ file, line, name }) => {
          const is = classify(line, name, file);
          return is && "class" in is && is.class === wanted && is.reason
            ? []
            : [`${file}: ${line} → ${JSON.stringify(is)}`];
        });
        assert.deepEqual(wrong, []);
      });

    it("counts 316 uses in files, none of them a finding (S-052, S-056)", async () => {
      const files: Record<string, string> = {};
      for (const [kind, forms] of Object.entries(harmless))
        for (const { file, line } of forms) {
          const name = `${kind.replace(/\W/g, "-")}/${file}`;
          files[name] = `${files[name] ?? ""}${line}\n`;
        }
      write(files);
      const { code, result } = await scanned();
      assert.deepEqual(told(result), []);
      assert.equal(code, 0);
      assert.equal(result.environment.hits, 316);
      assert.deepEqual(result.environment.byClass, {
        "config read": 89,
        declaration: 127,
        "secret-field reference": 100,
      });
    });

    const value = random("value", 24);
    // Names are filled in when the test runs: these lines would be found in this file.
    const filled = (line: string) =>
      line
        .replace(/\bN\b|(?<=_)N\b/g, "SECRET_KEY")
        .replace("ALL_ENV", "process.env")
        .replace("ALL", "os.environ");
    const leaks: [file: string, line: string][] = [
      ["a.py", `N = "${value}"`],
      ["a.py", `N: str = "${value}"`],
      ["a.py", `os.environ["N"] = "${value}"`],
      ["a.py", `key = os.getenv("N", "${value}")`],
      ["a.py", `key = os.environ.get("N", default="${value}")`],
      ["a.py", `print(os.environ["N"])`],
      ["a.py", `print(f"key {settings.N}")`],
      ["a.py", `logger.info("key %s", settings.N)`],
      ["a.py", `return jsonify(key=os.environ["N"])`],
      ["a.py", "print(ALL)"],
      ["a.ts", `const N = "${value}";`],
      ["a.ts", `const s = { N: "${value}" };`],
      ["a.ts", `const s = process.env.N ?? "${value}";`],
      ["a.ts", `const s = process.env.N || "changeme";`],
      ["a.ts", "console.log(process.env.N);"],
      ["a.ts", "console.log(`key ${config.N}`);"],
      ["a.ts", "res.json({ key: process.env.N });"],
      ["a.ts", "console.log(ALL_ENV);"],
      ["a.yaml", `N: ${value}`],
      ["a.yaml", `N: "${value}"`],
      ["a.yaml", "run: echo $N"],
      ["a.yaml", `N: \${N:-${value}}`],
      ["a.json", `"N": "${value}"`],
      [".env", `N=${value}`],
      [".env", `# N=${value}`],
      ["Dockerfile", `ENV N=${value}`],
      ["Dockerfile", `ARG N=${value}`],
      ["a.ts", "const k = process.env.NEXT_PUBLIC_SERVICE_ROLE_N;"],
    ];
    for (const [file, line] of leaks)
      it(`finds a value given out: ${line.replace(value, "…")}`, () => {
        const { found } = findEnvironment(file, filled(line));
        assert.deepEqual(
          found.map(one => [one.rule, one.line]),
          [["leak", 1]],
        );
        assert.ok(!found[0]!.message.includes(value));
      });

    it("leaves what no rule knows to somebody, until it is classed", async () => {
      write({ "a.ts": `${"SECRET_"}KEY ~~ nothing\n` });
      const open = await scanned();
      assert.deepEqual([open.code, told(open.result)], [30, ["GL-SCAN-07 a.ts:1 unverifiable"]]);
      const entry = (expires: string, as: string) =>
        `scan:\n  triage:\n    - file: "*.ts"\n      rule: GL-SCAN-07\n      subject: SECRET_KEY\n      as: ${as}\n      reason: a made-up operator of a made-up language\n      owner: someone\n      expires: ${expires}\n`;
      write({ "greenlight.yaml": entry("2027-01-01", "harmless") });
      assert.equal((await scanned()).code, 0);
      write({ "greenlight.yaml": entry("2027-01-01", "accepted") });
      assert.equal((await scanned()).code, 10);
      write({ "greenlight.yaml": entry("2026-11-25", "harmless") });
      const late = await scanned();
      assert.deepEqual(told(late.result), ["GL-SCAN-15 greenlight.yaml:- not met", "GL-SCAN-07 a.ts:1 unverifiable"]);
      write({ "greenlight.yaml": entry("2029-01-01", "harmless") });
      assert.match((await scanned()).result.findings[0]!.message, /need a day within a year/);
      write({ "a.ts": "nothing\n", "greenlight.yaml": entry("2027-01-01", "harmless") });
      assert.match((await scanned()).result.findings[0]!.message, /excuses nothing/);
    });
  });

  it("comes to an end on lines made to be slow", () => {
    const name = "SECRET_" + "KEY";
    const hostile = [
      `${"a ".repeat(9_000)}${name}`,
      `x: ${"word, ".repeat(3_000)}${name}`,
      `${'"'.repeat(19_000)}${name}`,
      `${"`${".repeat(6_000)}${name}`,
      `${name}${":".repeat(19_000)}`,
      `${name} ${"= ".repeat(9_000)}`,
      `print(${"f'{".repeat(6_000)}${name}`,
      `${"{{".repeat(9_000)}${name}`,
      `${`${name}_`.repeat(1_700)}`,
      Array.from({ length: 1_500 }, (_, index) => `A${index}_TOKEN`).join(" "),
    ];
    // What backtracks would not end within the test's own time.
    let uses = 0;
    for (const line of hostile)
      for (const file of ["a.ts", "a.py", "a.yaml"]) {
        const { found, harmless: rest } = findEnvironment(file, line);
        uses += found.length + rest.length;
      }
    assert.ok(uses > 20);
  });
});
