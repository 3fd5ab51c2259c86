import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import Ajv2020 from "ajv/dist/2020";
import fc from "fast-check";
import type { RuleResult } from "../../model/finding";
import type { Outcome } from "../../model/outcome";
import { outcomes, verdicts } from "../../model/outcome";
import type { Tier } from "../../model/tier";
import { openEvidence } from "../../policies/engine/evidence-file";
import { items } from "../../policies/items/catalogue";
import { rules } from "../../policies/rules/catalogue";
import type { RunEvidence } from "../../readiness/evidence/run";
import { readRunEvidence } from "../../readiness/evidence/run";
import { toMarkdown } from "../../readiness/report/markdown";
import { toTerminal } from "../../readiness/report/terminal";
import { computeVerdict } from "../../readiness/verdict";
import { canonicalJson } from "../../model/canonical";
import { root } from "../../local/state";

const result = (rule: string, state: Outcome, inspected = 1, urn = "urn:pulumi:x::y::z::w"): RuleResult => ({
  rule,
  urn,
  state,
  inspected,
  findings:
    state === "not met" || state === "unverifiable"
      ? [
          {
            rule,
            state,
            severity: "high",
            urn,
            resource: "Deployment shop/api",
            path: "spec",
            found: "1",
            needed: "2",
            fix: "Raise it.",
            message: "m",
          },
        ]
      : [],
});

const run = (results: RuleResult[], change: Partial<RunEvidence> = {}, tier: Tier = "local"): RunEvidence => ({
  subject: { project: "p", stack: "s", tier, phase: "preview" },
  catalogue: "c",
  pack: "k",
  results,
  close: { resources: 3, types: {}, held: { images: [], objectives: 0, stores: [], serving: 1 } },
  tampered: false,
  ...change,
});

const allMet = () => rules.map(rule => result(rule.id, "met"));
const judge = (evidence: RunEvidence, simulated: string[] = []) =>
  computeVerdict(evidence, { rules, items, source: "preview", simulated });
const wordOf = (...args: Parameters<typeof judge>) => judge(...args).verdict;

describe("the verdict", () => {
  const first = rules[0]!.id;
  const table: [string, RunEvidence, string[], string][] = [
    ["every rule met", run(allMet()), [], "GO"],
    ["one rule not met", run([...allMet(), result(first, "not met")]), [], "NO-GO"],
    ["one rule unverifiable", run([...allMet(), result(first, "unverifiable")]), [], "INCONCLUSIVE"],
    ["one stale", run([...allMet(), result(first, "stale")]), [], "INCONCLUSIVE"],
    ["one simulated", run([...allMet(), result(first, "simulated")]), [], "INCONCLUSIVE"],
    ["one waived", run([...allMet(), result(first, "waived")]), [], "CONDITIONAL"],
    [
      "one not met and one waived",
      run([...allMet(), result(first, "waived"), result(rules[1]!.id, "not met")]),
      [],
      "NO-GO",
    ],
    ["a rule that applies to nothing", run(allMet().slice(1)), [], "GO"],
    ["nothing inspected at all", run([]), [], "INCONCLUSIVE"],
    ["everything not applicable", run(rules.map(rule => result(rule.id, "not applicable", 0))), [], "INCONCLUSIVE"],
    ["no closing line", run(allMet(), { close: undefined }), [], "INCONCLUSIVE"],
    [
      "no closing line and one not met",
      run([...allMet(), result(first, "not met")], { close: undefined }),
      [],
      "NO-GO",
    ],
    ["tampered evidence", run(allMet(), { tampered: true }), [], "TAMPERED"],
    ["tampered evidence that is not met either", run([result(first, "not met")], { tampered: true }), [], "TAMPERED"],
    ["stand-ins in tier local", run(allMet()), ["a stand-in"], "GO"],
    ["stand-ins in production", run(allMet(), {}, "production"), ["a stand-in"], "INCONCLUSIVE"],
    ["production with items that nothing decides", run(allMet(), {}, "production"), [], "INCONCLUSIVE"],
    ["staging with items that nothing decides", run(allMet(), {}, "staging"), [], "INCONCLUSIVE"],
  ];
  for (const [name, evidence, simulated, wanted] of table)
    it(`${name}: ${wanted}`, () => assert.equal(wordOf(evidence, simulated), wanted));

  it("is tampered with when another pack judged", () => {
    const judgeBy = (expected: { catalogue: string; pack: string }) =>
      computeVerdict(run(allMet()), { rules, items, source: "preview", simulated: [], expected }).verdict;
    assert.equal(judgeBy({ catalogue: "c", pack: "k" }), "GO");
    assert.equal(judgeBy({ catalogue: "c", pack: "other" }), "TAMPERED");
    assert.equal(judgeBy({ catalogue: "other", pack: "k" }), "TAMPERED");
  });

  it("does not call an item met above local while a part of it is undecided", () => {
    const itemOf = (tier: Tier) => judge(run(allMet(), {}, tier)).items.find(item => item.id === "F.1")!;
    assert.equal(itemOf("local").state, "met");
    assert.equal(itemOf("staging").state, "unverifiable");
    assert.match(itemOf("production").reason, /its rules hold; not there yet: probe result within 7 days/);
  });

  it("names what decided", () => {
    assert.match(
      judge(run([...allMet(), result(first, "not met")])).reason,
      /^1 rule not met on 1 resource, \d items? not met$/,
    );
    assert.match(judge(run([])).reason, /no rule inspected anything/);
  });

  it("never gets better by one more bad result", () =>
    fc.assert(
      fc.property(
        fc.array(arbitrary()),
        arbitrary(["not met", "unverifiable", "stale", "simulated", "waived"]),
        (results, bad) => {
          const rank = (list: RuleResult[]) => verdicts.indexOf(wordOf(run(list)));
          assert.ok(rank([...allMet(), ...results, bad]) <= rank([...allMet(), ...results]));
        },
      ),
    ));

  it("gives the same bytes whatever the order of results", () =>
    fc.assert(
      fc.property(
        fc.shuffledSubarray(
          [
            ...allMet(),
            result(first, "not met"),
            result(first, "not met", 1, "urn:other"),
            result(rules[3]!.id, "unverifiable"),
          ],
          { minLength: rules.length + 3 },
        ),
        shuffled => {
          const sorted = [...shuffled].sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
          assert.equal(canonicalJson(judge(run(shuffled))), canonicalJson(judge(run(sorted))));
        },
      ),
    ));

  it("fits its published schema", () => {
    const schema = JSON.parse(
      fs.readFileSync(path.join(root, "docs", "schemas", "verdict.schema.json"), "utf8"),
    ) as object;
    const validate = new Ajv2020({ strict: false }).compile(schema);
    for (const [name, evidence, simulated] of table)
      assert.ok(
        validate(JSON.parse(canonicalJson(judge(evidence, simulated)))),
        `${name}: ${JSON.stringify(validate.errors)}`,
      );
  });
});

function arbitrary(states: Outcome[] = [...outcomes]) {
  return fc
    .tuple(fc.constantFrom(...rules.map(rule => rule.id)), fc.constantFrom(...states), fc.string())
    .map(([id, state, urn]) => result(id, state, 1, urn));
}

describe("a run's evidence", () => {
  let dir: string;
  beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "greenlight-test-"))));
  afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

  function written(close = true): string {
    const file = openEvidence(dir, "s", "preview-1");
    file.write({
      line: "open",
      at: "2026-01-01T00:00:00.000Z",
      project: "p",
      stack: "s",
      tier: "local",
      phase: "preview",
      catalogue: "c",
      pack: "k",
    });
    for (const one of allMet()) file.write({ line: "result", ...one });
    if (close)
      file.close({
        line: "close",
        at: "2026-01-01T00:00:01.000Z",
        resources: 3,
        types: {},
        held: { images: [], objectives: 0, stores: [], serving: 1 },
      });
    return file.file;
  }

  it("is read back as it was written", () => {
    const evidence = readRunEvidence(written());
    assert.equal(evidence.tampered, false);
    assert.equal(evidence.results.length, rules.length);
    assert.equal(wordOf(evidence), "GO");
  });

  it("without its end is incomplete", () => assert.equal(wordOf(readRunEvidence(written(false))), "INCONCLUSIVE"));

  const edits: [string, (text: string) => string][] = [
    ["a changed outcome", text => text.replace('"state":"met"', '"state":"not applicable"')],
    ["a removed line", text => text.replace(/\{"line":"result".*\n/, "")],
    ["a line that is no JSON", text => text.replace('{"line":"result"', "{line")],
    ["a line after the end", text => `${text}${text.split("\n")[1]}\n`],
    ["a second opening", text => `${text.split("\n")[0]}\n${text}`],
  ];
  for (const [name, edit] of edits)
    it(`with ${name} is tampered with`, () => {
      const file = written();
      fs.writeFileSync(file, edit(fs.readFileSync(file, "utf8")));
      assert.equal(wordOf(readRunEvidence(file)), "TAMPERED");
    });

  it("that is missing, or holds nothing, is refused by name", () => {
    assert.throws(() => readRunEvidence(path.join(dir, "none.jsonl")), /none\.jsonl is missing/);
    fs.writeFileSync(path.join(dir, "empty.jsonl"), "");
    assert.throws(() => readRunEvidence(path.join(dir, "empty.jsonl")), /without an opening line/);
  });

  it("keeps a stack's name inside its folder", () => {
    const { file } = openEvidence(dir, "../../escape", "preview-1");
    assert.ok(file.startsWith(dir + path.sep), file);
  });

  it("keeps the last twenty runs", () => {
    for (let i = 0; i < 25; i++) openEvidence(dir, "many", `preview-${i}`);
    assert.equal(fs.readdirSync(path.join(dir, "many")).length, 20);
  });
});

describe("reports", () => {
  const bad = run([
    ...allMet(),
    {
      ...result(rules[0]!.id, "not met"),
      findings: [
        {
          ...result("x", "not met").findings[0]!,
          rule: rules[0]!.id,
          resource: "<script>|`x`\n# heading",
          found: "[a](http://x)",
        },
      ],
    },
  ]);

  it("put the verdict first", () => {
    assert.match(toMarkdown(judge(bad)), /^# NO-GO: p \/ s\n/);
    assert.match(toTerminal(judge(bad), false), /^NO-GO {2}p s/);
  });

  it("let no text of a resource become markup", () => {
    const text = toMarkdown(judge(bad));
    assert.ok(!text.includes("<script>") && !/^# heading/m.test(text) && !text.includes("[a](http"), text);
    assert.equal(text.split("\n").filter(line => line.includes("script")).length, 1);
  });

  it("are the same bytes for the same verdict", () => {
    const digest = () =>
      createHash("sha256")
        .update(toMarkdown(judge(bad)))
        .digest("hex");
    assert.equal(digest(), digest());
  });

  it("say that a verdict above local is simulated", () => {
    const text = toMarkdown(judge(run(allMet(), {}, "production"), ["a stand-in served"]));
    assert.match(text, /\*\*SIMULATED:\*\* a stand-in served/);
  });
});
