import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import Ajv from "ajv";
import { root } from "../../local/state";
import { canonicalJson } from "../../model/canonical";
import { rules } from "../../policies/rules/catalogue";
import { toAssessmentResults, toPlanOfAction } from "../../readiness/report/oscal";
import { toSarif } from "../../readiness/report/sarif";
import { scanRules } from "../../release/scan/rules";
import type { ScanResult } from "../../model/scan";
import { scanSarif } from "../../readiness/report/scan";
import { blocked, decisionOf, waived } from "../support/decision";

/** The formats' owners say what is one: their own schemas, as published. */
const schema = (name: string): object =>
  JSON.parse(fs.readFileSync(path.join(root, "test", "fixtures", "schemas", `${name}.json`), "utf8")) as object;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const formats = {
  "date-time": time,
  uri: (text: string) => URL.canParse(text),
  "uri-reference": (text: string) => URL.canParse(text, "https://example.com/"),
  email: /^\S+@\S+$/,
};
/** Ajv takes only ids that are addresses, and `id` for the keyword of a former draft: NIST's has one where the value's own schema should be. */
const readable = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== "object" || value === null) return value;
  const { id, ...rest } = value as Record<string, unknown>;
  const isOnly = typeof id === "object" && id !== null && Object.keys(rest).length === 0;
  if (isOnly && Object.keys(id).join() === "$ref") return readable(id);
  const all = Object.entries(value).filter(
    ([key, one]) => !(/^(\$?id|\$schema)$/.test(key) && typeof one === "string"),
  );
  return Object.fromEntries(all.map(([key, one]) => [key, readable(one)]));
};
/** @param unicodeRegExp whether its patterns are of ECMAScript's Unicode kind: NIST's name classes of letters, OASIS' has a bracket left over */
const holdsTo = (name: string, unicodeRegExp = true) => {
  const valid = new Ajv({ strict: false, allErrors: true, formats, unicodeRegExp }).compile(
    readable(schema(name)) as object,
  );
  return (value: unknown) => {
    valid(JSON.parse(JSON.stringify(value)));
    return valid.errors ?? [];
  };
};

const decisions = {
  blocked,
  sound: () => decisionOf(() => {}),
  "not to be told": () => decisionOf(() => {}, "unverifiable"),
  waived,
};

describe("OSCAL", () => {
  const results = holdsTo("oscal-assessment-results-1.1.3");
  const plans = holdsTo("oscal-poam-1.1.3");
  interface Results {
    "assessment-results": {
      results: {
        observations: { uuid: string }[];
        risks?: { uuid: string; status: string; deadline?: string }[];
        findings: {
          target: { "target-id": string; status: { state: string; remarks: string } };
          "related-observations"?: { "observation-uuid": string }[];
          "related-risks"?: { "risk-uuid": string }[];
        }[];
      }[];
    };
  }
  const resultOf = (decision: ReturnType<typeof blocked>) =>
    (toAssessmentResults(decision) as Results)["assessment-results"].results[0]!;

  for (const [name, make] of Object.entries(decisions))
    it(`is what NIST's schemas want, and the same bytes again: ${name}`, () => {
      const decision = make();
      assert.deepEqual(results(toAssessmentResults(decision)), []);
      const plan = toPlanOfAction(decision);
      assert.equal(plan === undefined, decision.blockers.length === 0);
      if (plan) assert.deepEqual(plans(plan), []);
      assert.equal(canonicalJson(toAssessmentResults(make())), canonicalJson(toAssessmentResults(decision)));
      assert.equal(canonicalJson(toPlanOfAction(make()) ?? ""), canonicalJson(plan ?? ""));
    });

  it("is refused by the same schemas where something is missing", () => {
    const { "assessment-results": whole } = toAssessmentResults(blocked()) as Record<string, Record<string, unknown>>;
    const { metadata: _, ...rest } = whole!;
    assert.notDeepEqual(results({ "assessment-results": rest }), []);
    assert.notDeepEqual(plans({ "plan-of-action-and-milestones": { ...rest, "poam-items": [] } }), []);
  });

  it("satisfies no control that does not carry a GO, and says what each is", () => {
    for (const make of Object.values(decisions)) {
      const decision = make();
      const { findings } = resultOf(decision);
      for (const item of decision.verdict.items) {
        const status = findings.find(one => one.target["target-id"] === item.id)?.target.status;
        if (item.state === "not applicable") assert.equal(status, undefined);
        else {
          assert.equal(status!.state, item.state === "met" ? "satisfied" : "not-satisfied", item.id);
          assert.ok(status!.remarks.startsWith(item.state));
        }
      }
    }
  });

  it("refers to nothing that is not there", () => {
    for (const make of [blocked, waived]) {
      const { observations, risks = [], findings } = resultOf(make());
      const ids = new Set([...observations, ...risks].map(one => one.uuid));
      assert.equal(ids.size, observations.length + risks.length, "two things of one id");
      const asked = findings.flatMap(one => [
        ...(one["related-observations"] ?? []).map(two => two["observation-uuid"]),
        ...(one["related-risks"] ?? []).map(two => two["risk-uuid"]),
      ]);
      assert.ok(asked.length > 40);
      for (const id of asked) assert.ok(ids.has(id), id);
    }
  });

  it("shows what is waived as a deviation that somebody approved, until the day it ends", () => {
    const [risk] = resultOf(waived()).risks!;
    assert.equal(risk!.status, "deviation-approved");
    assert.equal(risk!.deadline, "2026-12-05T00:00:00.000Z");
  });
});

const scan: ScanResult = {
  schema: "greenlight.scan/1",
  verdict: "NO-GO",
  ...{ started: "2026-11-25T10:00:00.000Z", ended: "2026-11-25T10:00:01.000Z", command: "greenlight scan ." },
  inspected: { files: 2, sources: 1, containers: 0, lockFiles: 1, packages: 3, images: 0 },
  ...{ kinds: ["ts"], binary: [], minorVulnerabilities: 0 },
  findings: [
    { rule: "secret", state: "not met", file: "src/a b.ts", line: 3, subject: "a token", message: "holds a token" },
    { rule: "advisories", state: "unverifiable", file: "package-lock.json", subject: "", message: "none are here" },
  ],
  triaged: [
    {
      ...{ rule: "leak", state: "not met", file: "src/c.ts", line: 1, subject: "KEY", message: "printed" },
      ...{ as: "accepted", reason: "a test's own", owner: "Ben", expires: "2026-12-31" },
    },
  ],
  environment: { hits: 0, byClass: {}, harmless: [] },
};

describe("SARIF by OASIS' schema", () => {
  const sarif = holdsTo("sarif-2.1.0", false);
  for (const [name, make] of Object.entries(decisions))
    it(`holds a verdict: ${name}`, () => assert.deepEqual(sarif(toSarif(make().verdict, rules)), []));
  it("holds a scan", () => assert.deepEqual(sarif(scanSarif(scan, scanRules)), []));
  it("refuses a level that there is not", () => {
    const log = toSarif(blocked().verdict, rules);
    (log.runs[0]!.results![0] as { level: string }).level = "severe";
    assert.notDeepEqual(sarif(log), []);
  });
});
