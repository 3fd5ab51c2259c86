import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { runOnce } from "../../release/durable";
import { Journal } from "../../release/journal";
import { checkMigrations } from "../../release/migrations";
import { readMeasure, strictest, triggered } from "../../release/triggers";
import { matches } from "../../release/scan/triage";
import { temporary } from "../support/local-stack";

describe("triggers of a rollback", () => {
  it("are the strictest of all that are given; where they differ it is said (S-082, S-083)", () => {
    const limits = strictest([
      { errorRate: 0.03, from: "the drill" },
      { errorRate: 0.04, p95Ms: 5_000, from: "the guide" },
    ]);
    assert.deepEqual([limits.errorRate, limits.p95Ms], [0.03, 5_000]);
    assert.deepEqual(limits.conflicts, [
      "error rate: 3 % (the drill) counts, not 4 % (the guide), 5 % (document 3, automatic triggers)",
    ]);
    assert.deepEqual(strictest([]).conflicts, []);
  });
  it("fire above a limit, and not on too few requests", () => {
    const limits = strictest([]);
    const measure = (requests: number, failed: number, p95Ms = 10) =>
      triggered({ requests, failed, p95Ms }, limits, 100)?.name;
    assert.equal(measure(1_000, 50), undefined);
    assert.equal(measure(1_000, 51), "high_error_rate");
    assert.equal(measure(1_000, 0, 5_001), "high_latency");
    assert.equal(measure(99, 99), undefined);
  });
  it("take only a whole measure for one", () => {
    assert.deepEqual(readMeasure('noise\n{"requests": 5, "failed": 1, "p95Ms": 2.5}\n'), {
      requests: 5,
      failed: 1,
      p95Ms: 2.5,
    });
    for (const text of [
      "",
      "{}",
      "null",
      '{"requests":5,"failed":6,"p95Ms":1}',
      '{"requests":-1,"failed":0}',
      '{"requests":5,"failed":0}',
      '{"requests":1e999,"failed":0,"p95Ms":1}',
    ])
      assert.equal(readMeasure(text), undefined, text);
  });
});

describe("migrations", function () {
  this.timeout(30_000);
  let dir: string;
  beforeEach(() => (dir = temporary()));
  afterEach(() => fs.rmSync(dir, { recursive: true }));
  const found = async (sql: string, before: [string, string][] = [], released = ["v1.8.0", "v1.9.0"]) => {
    fs.writeFileSync(path.join(dir, "002.sql"), sql);
    for (const [name, text] of before)
      if (!fs.existsSync(path.join(dir, name))) fs.writeFileSync(path.join(dir, name), text);
    return (await checkMigrations(dir, new Map(before), released)).findings.map(
      one => `${one.file}:${one.line} ${one.message}`,
    );
  };

  const adds = [
    "ALTER TABLE a ADD COLUMN b int;",
    "ALTER TABLE a ADD COLUMN b int NOT NULL DEFAULT 0;",
    "ALTER TABLE a ADD COLUMN b bigint GENERATED ALWAYS AS IDENTITY NOT NULL;",
    "CREATE TABLE a (b int NOT NULL); ALTER TABLE a ADD COLUMN c int NOT NULL; ALTER TABLE a RENAME COLUMN b TO d;",
    "CREATE INDEX CONCURRENTLY i ON a (b);",
    "DROP INDEX i;",
    "UPDATE a SET b = 1 WHERE b IS NULL;",
    "ALTER TABLE a DROP CONSTRAINT c;",
    "COMMENT ON TABLE a IS 'drop table a';",
    "ALTER TYPE mood ADD VALUE 'new';",
  ];
  for (const sql of adds)
    it(`an expand may: ${sql}`, async () => assert.deepEqual(await found(`-- greenlight: expand\n${sql}\n`), []));

  const takes: [sql: string, what: RegExp][] = [
    ["ALTER TABLE a DROP COLUMN b;", /drops a\.b/],
    ["DROP TABLE a;", /drops a table/],
    ["DROP VIEW v;", /drops a view/],
    ["DROP FUNCTION f;", /drops a function/],
    ["ALTER TABLE a RENAME TO b;", /renames table a/],
    ["ALTER TABLE a RENAME COLUMN b TO c;", /renames a\.b/],
    ["ALTER TABLE a ALTER COLUMN b TYPE text;", /changes the type of a\.b/],
    ["ALTER TABLE a ALTER COLUMN b SET NOT NULL;", /forbids a\.b to be empty/],
    ["ALTER TABLE a ALTER COLUMN b DROP DEFAULT;", /takes the default of a\.b away/],
    ["ALTER TABLE a ADD COLUMN b int NOT NULL;", /adds a\.b, not empty and without a default/],
    ["ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0) NOT VALID;", /adds the constraint c to a/],
    ["TRUNCATE a;", /empties a table/],
    ["DELETE FROM a;", /deletes every row of a/],
    ["ALTER TYPE mood RENAME VALUE 'a' TO 'b';", /renames a value of an enumeration/],
  ];
  for (const [sql, what] of takes)
    it(`an expand may not: ${sql}`, async () => {
      const [first, ...more] = await found(`-- greenlight: expand\n\n/* a remark */\n-- another\n${sql}\n`);
      assert.deepEqual(more, []);
      assert.match(first!, /^002\.sql:5 /);
      assert.match(first!, what);
      assert.deepEqual(await found(`-- greenlight: contract since v1.9.0\n${sql}\n`), []);
    });

  it("have to be declared, be SQL, and leave alone what was applied", async () => {
    assert.match((await found("SELECT 1;"))[0]!, /is not declared/);
    assert.match((await found("-- greenlight: contract\nDROP TABLE a;"))[0]!, /is a contract since no version/);
    assert.match(
      (await found("-- greenlight: contract since v3.0.0\nDROP TABLE a;"))[0]!,
      /since v3\.0\.0; need one that was released/,
    );
    assert.match((await found("-- greenlight: expand\n\nALTER TABL a;"))[0]!, /^002\.sql:3 is no SQL of PostgreSQL/);
    const expand = "-- greenlight: expand\nSELECT 1;";
    assert.match((await found(expand, [["002.sql", "SELECT 2;"]]))[0]!, /was applied and is changed/);
    assert.match((await found(expand, [["003.sql", "SELECT 2;"]]))[0]!, /comes before 003\.sql, which was applied/);
  });
});

describe("a step's command", function () {
  this.timeout(30_000);
  let dir: string;
  beforeEach(() => (dir = temporary()));
  afterEach(() => fs.rmSync(dir, { recursive: true }));
  const once = (command: string) =>
    runOnce(path.join(dir, "step"), command, { cwd: dir, environment: { WORD: "told" } });

  it("is run once, whoever asks how often", async () => {
    const [first, second] = await Promise.all([
      once('sleep 0.3; echo "$WORD" >> runs; echo out; exit 3'),
      once("echo never"),
    ]);
    assert.deepEqual([first.code, second.code, first.stdout], [3, 3, "out\n"]);
    assert.equal((await once("echo never")).code, 3);
    assert.equal(fs.readFileSync(path.join(dir, "runs"), "utf8"), "told\n");
  });
  it("that was ended from outside is told from one that failed, and is run again by the next", async () => {
    const first = once("sleep 30");
    await new Promise(resolve => setTimeout(resolve, 200));
    const [pid] = fs.readFileSync(path.join(dir, "step", "process"), "utf8").split(" ");
    process.kill(-Number(pid), "SIGKILL");
    assert.equal((await first).code, 137);
    assert.equal((await once("true")).code, 0);
  });
});

describe("a journal", () => {
  it("leaves out a line that was cut off, and names one that is none", () => {
    const dir = temporary();
    const journal = new Journal(dir, () => 0);
    journal.add({ event: "begun", step: "deploy" });
    fs.appendFileSync(journal.file, '{"at":"1970');
    assert.deepEqual(new Journal(dir, () => 0).lines, [
      { at: "1970-01-01T00:00:00.000Z", event: "begun", step: "deploy" },
    ]);
    fs.appendFileSync(journal.file, "nonsense\n");
    assert.throws(() => new Journal(dir, () => 0), /journal\.jsonl, line 2 is no entry of a journal/);
    fs.rmSync(dir, { recursive: true });
  });
});

describe("a pattern of the triage", () => {
  for (const [pattern, file, wanted] of [
    ["a/b.ts", "a/b.ts", true],
    ["a/*.ts", "a/b.ts", true],
    ["a/*.ts", "a/b/c.ts", false],
    ["a/**/*.ts", "a/b/c/d.ts", true],
    ["a/**/*.ts", "a/b.ts", true],
    ["**/*.ts", "b.ts", true],
    ["a/**", "a/b/c.ts", true],
    ["a.ts", "xaxts", false],
  ] as const)
    it(`${pattern} ${wanted ? "means" : "does not mean"} ${file}`, () => assert.equal(matches(pattern, file), wanted));
});
