import assert from "node:assert/strict";
import * as path from "node:path";
import { root } from "../../local/state";
import { holdCourt } from "../../readiness/court/court";
import type { ContradictionClass } from "../../readiness/court/finding";
import { classes } from "../../readiness/court/finding";
import { readDocument, readSources } from "../../readiness/documents/read";

const fixtures = path.join(root, "test", "fixtures");
const read = (file: string, text: string) => readDocument({ file, text, bytes: Buffer.from(text) });
const classesIn = (...documents: [file: string, text: string][]) =>
  holdCourt(documents.map(([file, text]) => read(file, text))).map(one => one.class);

/** Each class planted alone, beside the same without the fault. */
const planted: { class: ContradictionClass; name: string; bad: [string, string][]; good: [string, string][] }[] = [
  {
    class: "above-total",
    name: "JSON",
    bad: [["a.json", '{"total": 10, "passed": 12}']],
    good: [["a.json", '{"total": 12, "passed": 10}']],
  },
  {
    class: "sum",
    name: "parts of a total",
    bad: [["a.json", '{"summary": {"total": 10, "passed": 7, "failed": 1}}']],
    good: [["a.json", '{"summary": {"total": 10, "passed": 7, "failed": 1, "skipped": 2}}']],
  },
  {
    class: "sum",
    name: "a total row of fractions",
    bad: [["a.md", "| 维度 | 得分 |\n|---|---|\n| a | 10/10 |\n| b | 5/10 |\n| 合计 | 20/20 |\n"]],
    good: [["a.md", "| 维度 | 得分 |\n|---|---|\n| a | 10/10 |\n| b | 5/10 |\n| 合计 | 15/20 |\n"]],
  },
  {
    class: "sum",
    name: "a sum in a sentence",
    bad: [["a.md", "89 reads + 127 declarations + 100 references = 326"]],
    good: [["a.md", "89 reads + 127 declarations + 100 references = 316"]],
  },
  {
    class: "total-against-rows",
    name: "results beside a summary",
    bad: [["a.json", '{"test_summary": {"total": 3}, "test_results": [{"name": "a"}, {"name": "b"}]}']],
    good: [["a.json", '{"test_summary": {"total": 2}, "test_results": [{"name": "a"}, {"name": "b"}]}']],
  },
  {
    class: "total-against-rows",
    name: "a heading that counts",
    bad: [["a.md", "## Evidence (6/9)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n"]],
    good: [["a.md", "## Evidence (2/9)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n"]],
  },
  {
    class: "percentage-against-counts",
    name: "in a sentence",
    bad: [["a.md", "Builds: 1/2 (100%)"]],
    good: [["a.md", "Builds: 1/2 (50%), tests 2/3 (66.6 %)"]],
  },
  {
    class: "percentage-against-counts",
    name: "in a record",
    bad: [["a.json", '{"passed": 4, "total": 5, "success_rate": 100}']],
    good: [["a.json", '{"passed": 4, "total": 5, "success_rate": 80}']],
  },
  {
    class: "two-states",
    name: "across documents",
    bad: [
      ["a.md", "| 文件 | 状态 |\n|---|---|\n| docs/E2E.md | ✅ |\n"],
      ["b.md", "| File | Status |\n|---|---|\n| docs/E2E.md | failed |\n"],
    ],
    good: [
      ["a.md", "| 文件 | 状态 |\n|---|---|\n| docs/E2E.md | ✅ |\n"],
      ["b.md", "| File | Status |\n|---|---|\n| docs/E2E.md | passed |\n"],
    ],
  },
  {
    class: "icon-against-value",
    name: "icon and words",
    bad: [["a.md", "| test | status |\n|---|---|\n| login | ✅ failed |\n"]],
    good: [["a.md", "| test | status |\n|---|---|\n| login | ❌ failed |\n"]],
  },
  {
    class: "icon-against-value",
    name: "a value against its limit",
    bad: [["a.md", "| check | target | actual | status |\n|---|---|---|---|\n| P95 | < 500 ms | 620 ms | ✅ |\n"]],
    good: [["a.md", "| check | target | actual | status |\n|---|---|---|---|\n| P95 | < 500 ms | 420 ms | ✅ |\n"]],
  },
  {
    class: "ticked-against-fact",
    name: "a box against a table",
    bad: [["a.md", "- [x] E2E 通过率 >= 90%\n\n| 测试 | 通过率 |\n|---|---|\n| 端到端测试 | 12% |\n"]],
    good: [["a.md", "- [ ] E2E 通过率 >= 90%\n\n| 测试 | 通过率 |\n|---|---|\n| 端到端测试 | 12% |\n"]],
  },
  {
    class: "time-order",
    name: "an end before its start",
    bad: [["a.json", '{"started": "2026-01-02T10:00:00Z", "ended": "2026-01-02T09:00:00Z"}']],
    good: [["a.json", '{"started": "2026-01-02T10:00:00+02:00", "ended": "2026-01-02T09:00:00Z"}']],
  },
  {
    class: "time-zone",
    name: "one stamp with a zone",
    bad: [["a.json", '{"started": "2026-01-02T10:00:00Z", "ended": "2026-01-02T11:00:00"}']],
    good: [["a.json", '{"started": "2026-01-02T10:00:00", "ended": "2026-01-02T11:00:00"}']],
  },
  {
    class: "duration-against-stamps",
    name: "a drill that took longer",
    bad: [["a.json", '{"started": "2026-01-02T10:00:00Z", "ended": "2026-01-02T10:10:00Z", "duration_s": 30}']],
    good: [["a.json", '{"started": "2026-01-02T10:00:00Z", "ended": "2026-01-02T10:10:00Z", "duration_s": 600}']],
  },
  {
    class: "label-against-clock",
    name: "phases",
    bad: [["a.md", "## Phase 1 (0-4 h)\n\n- 12:00-14:00 a\n\n## Phase 2 (4-7 h)\n\n- 14:00-17:00 b\n"]],
    good: [["a.md", "## Phase 1 (0-4 h)\n\n- 12:00-16:00 a\n\n## Phase 2 (4-7 h)\n\n- 16:00-19:00 b\n"]],
  },
  {
    class: "threshold-twice",
    name: "two triggers",
    bad: [["a.md", "- rollback trigger: error rate > 5 %\n- rolled back, as the error rate exceeds 3.0 %: abort\n"]],
    good: [["a.md", "- rollback trigger: error rate > 5 %\n- target: error rate < 0.5 %\n"]],
  },
  {
    class: "priority-against-risk",
    name: "P1 beside no high risk",
    bad: [
      [
        "a.md",
        "## Risk\n\n| level | count |\n|---|---|\n| high | 0 |\n\n## Blockers\n\n| # | priority |\n|---|---|\n| 1 | P1 |\n",
      ],
    ],
    good: [
      [
        "a.md",
        "## Risk\n\n| level | count |\n|---|---|\n| high | 1 |\n\n## Blockers\n\n| # | priority |\n|---|---|\n| 1 | P1 |\n",
      ],
    ],
  },
  {
    class: "simulated-as-measured",
    name: "a drill",
    bad: [["a.md", "回滚演练耗时 0.5 秒（模拟）"]],
    good: [["a.md", "回滚演练耗时 212 秒，未模拟"]],
  },
  {
    class: "simulated-as-measured",
    name: "a flag",
    bad: [["a.yaml", "drill:\n  simulated: true\n  status: passed\n"]],
    good: [["a.yaml", "drill:\n  simulated: false\n  status: passed\n"]],
  },
  { class: "placeholder", name: "TBD", bad: [["a.md", "Due: TBD"]], good: [["a.md", "Due: 2026-02-01"]] },
  {
    class: "sample-commit",
    name: "a pattern",
    bad: [["a.json", '{"commit": "abc1234"}']],
    good: [["a.json", '{"commit": "7f3e91c"}']],
  },
  {
    class: "percentile-order",
    name: "P95 above the maximum",
    bad: [["a.json", '{"p95": 900, "max": 800}']],
    good: [["a.json", '{"p95": 700, "max": 800}']],
  },
  {
    class: "percentile-samples",
    name: "five requests",
    bad: [["a.json", '{"requests": 5, "p95": 234}']],
    good: [["a.json", '{"requests": 5000, "p95": 234}']],
  },
  {
    class: "impossible-promise",
    name: "RPO",
    bad: [["a.md", "- RPO < 1 h\n- 每日增量备份\n"]],
    good: [["a.md", "- RPO < 1 h\n- 每日增量备份, WAL 连续归档\n"]],
  },
  {
    class: "impossible-promise",
    name: "availability",
    bad: [["a.md", "- availability 99.99 %\n- dependency: payments, SLA 99.9 %\n"]],
    good: [["a.md", "- availability 99.5 %\n- dependency: payments, SLA 99.9 %\n"]],
  },
  {
    class: "approved-by-author",
    name: "a change",
    bad: [["a.yaml", "change: { author: mei, approver: Mei }\n"]],
    good: [["a.yaml", "change: { author: mei, approver: jonas }\n"]],
  },
  {
    class: "no-owner",
    name: "in a line",
    bad: [["a.md", "技术负责人: 待分配"]],
    good: [["a.md", "技术负责人: 王敏"]],
  },
  {
    class: "no-owner",
    name: "in a table",
    bad: [["a.md", "| # | owner |\n|---|---|\n| 1 | unassigned |\n"]],
    good: [["a.md", "| # | owner |\n|---|---|\n| 1 | Ade |\n"]],
  },
];

describe("the court", () => {
  for (const { class: kind, name, bad, good } of planted)
    it(`finds ${kind}: ${name}`, () => {
      assert.ok(classesIn(...bad).includes(kind), classesIn(...bad).join(" ") || "nothing");
      assert.deepEqual(
        classesIn(...good).filter(one => one === kind),
        [],
      );
    });

  it("has every class planted", () =>
    assert.deepEqual([...new Set(planted.map(one => one.class))].sort(), Object.keys(classes).sort()));

  it("finds nothing in clean evidence", () => {
    const found = holdCourt(readSources([path.join(fixtures, "court", "clean")]).map(readDocument));
    assert.deepEqual(
      found.map(one => [one.class, one.arithmetic, one.places[0]!.text]),
      [],
    );
  });

  it("finds nothing in this project's own documents", () => {
    const own = ["docs", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"].map(name =>
      path.join(root, name),
    );
    const found = holdCourt(readSources(own).map(readDocument));
    assert.deepEqual(
      found.map(one => [one.class, one.arithmetic, one.places[0]!.text]),
      [],
    );
  });

  it("lets pass what only looks like a contradiction", () => {
    const texts = [
      'time="2015-07-20T15:45:04-04:00" level=info',
      "Allow U+2028 and U+2029 when version >= 10.",
      "1 + 2 - 1 + 1 = 3",
      "Run `kubectl -n <namespace> get pods`, see [your provider][0]'s pages.",
      "✅ 0 of 12 failed (0 %)",
      "Burn rate 14.4 pages, 6 pages; error budget 0.1 %.",
      "We do not simulate anything: it took 12 s.",
    ];
    for (const text of texts) assert.deepEqual(classesIn(["a.md", text]), [], text);
  });

  it("gives file, line, arithmetic and what would settle it, in the same order whatever the order of files", () => {
    const documents: [string, string][] = [
      ["b.md", "text\n\nBuilds: 1/2 (100%)"],
      ["a.json", '{\n "total": 1,\n "passed": 3\n}'],
    ];
    const held = holdCourt(documents.map(([file, text]) => read(file, text)));
    assert.deepEqual(held, holdCourt([...documents].reverse().map(([file, text]) => read(file, text))));
    assert.deepEqual(
      held.map(one => [one.class, one.arithmetic, one.places.map(({ file, line }) => `${file}:${line}`)]),
      [
        ["above-total", "3 passed of 1", ["a.json:3", "a.json:2"]],
        ["percentage-against-counts", "1 of 2 is 50 %, not 100 %", ["b.md:3"]],
      ],
    );
    for (const one of held) assert.ok(one.settles.length > 0);
  });
});

describe("the court on documents that carry the facts of the founding ones", () => {
  const held = (name: string) =>
    holdCourt(readSources([path.join(fixtures, "documents", `${name}.md`)]).map(readDocument)).map(
      one => `${one.class}: ${one.arithmetic}`,
    );

  it("the readiness summary: labels against clocks, priorities against risks, one limit twice, nobody's name", () =>
    assert.deepEqual(held("readiness-summary"), [
      "priority-against-risk: 2 blockers of the highest priority, 0 high risks",
      "label-against-clock: 14:34-17:34 is hour 2 to 5 after the first clock, not 4-7 小时",
      "label-against-clock: 17:34-18:34 is hour 5 to 6 after the first clock, not 7-8 小时",
      'no-owner: 技术负责人 is "待分配"',
      "threshold-twice: >= 90 % and > 90 %: exactly 90 % is a pass in one and a failure in the other",
    ]));

  it("the release record: a simulated drill, an example's commit, two limits for one trigger", () =>
    assert.deepEqual(held("release-record"), [
      "simulated-as-measured: said to be 模拟, with a result beside it: what is made up proves nothing",
      "sample-commit: a1b2c3d4e5f6 is a pattern, not a digest",
      "threshold-twice: 超过 3.0 % and > 5 %",
    ]));

  it("the review: backups that cannot keep the RPO, more availability than dependencies give, dates that are none", () =>
    assert.deepEqual(held("review"), [
      "impossible-promise: 99.5 % × 99.95 % = 99.4503 %, below the promised 99.9 %",
      "impossible-promise: with a backup every day and nothing shipped in between, up to a day is lost, not 1 h",
      ...Array<string>(7).fill('placeholder: "TBD" stands where something belongs'),
    ]));
});
