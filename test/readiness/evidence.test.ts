import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import fc from "fast-check";
import type { Outcome, VerdictWord } from "../../model/outcome";
import { verdicts } from "../../model/outcome";
import type { Tier } from "../../model/tier";
import { items } from "../../policies/items/catalogue";
import { rules } from "../../policies/rules/catalogue";
import { collectEvidence } from "../../readiness/evidence/collect";
import { shareBounds } from "../../readiness/evidence/samples";
import type { Verdict } from "../../model/verdict";
import { canonicalJson } from "../../model/canonical";
import { computeVerdict } from "../../readiness/verdict";
import {
  adaKey,
  ciKey,
  envelopeOf,
  inFolder,
  moment,
  register,
  soundFiles,
  statementOf,
  testKey,
  writeSet,
} from "../support/evidence";
import { changes, newmanOf } from "../support/evidence-changes";

const run = (tier: Tier) => ({
  subject: { project: "shop", stack: "production", tier, phase: "preview" as const },
  catalogue: "c",
  pack: "k",
  results: rules.map(rule => ({ rule: rule.id, urn: "urn", state: "met" as Outcome, inspected: 1, findings: [] })),
  close: { resources: 100, types: {} },
  tampered: false,
});

/** The verdict of a set of files, all rules being met by a real preview. */
const judged = (dir: string, tier: Tier = "production", nowMs = moment): Verdict =>
  computeVerdict(run(tier), {
    rules,
    items,
    source: "preview",
    simulated: [],
    evidence: {
      collected: collectEvidence(dir, [ciKey.trusted, adaKey.trusted]),
      setting: { stack: "production", tier, nowMs, register },
    },
  });

const verdictOfSet = (
  change: (files: Record<string, unknown>) => void = () => {},
  unsigned: string[] = [],
  tier: Tier = "production",
) =>
  inFolder(dir => {
    const files = soundFiles();
    change(files);
    return judged(writeSet(dir, files, unsigned), tier);
  });

const reasons = (verdict: Verdict) => verdict.items.map(item => item.reason).join("\n");

/** A restore of one store, as drills write it. */
const restoreOf = (name: string, facts: Record<string, number | boolean>, change: { ended?: string } = {}) => {
  const envelope = envelopeOf("restore drill", facts, change) as { subject: object };
  return { ...envelope, subject: { ...envelope.subject, what: `restore ${name}`, stores: [`data/${name}`] } };
};

describe("a verdict with evidence", () => {
  it("is GO on production for a sound set, every file of it signed", () => {
    const verdict = verdictOfSet();
    assert.equal(
      verdict.verdict,
      "GO",
      verdict.items
        .filter(item => item.state !== "met")
        .map(item => `${item.id} ${item.reason}`)
        .join("\n"),
    );
    assert.deepEqual([...new Set(verdict.items.map(item => item.state))], ["met"]);
    assert.deepEqual(
      verdict.dimensions!.map(one => one.score),
      [10, 10, 10, 10, 10],
    );
    assert.ok(verdict.evidence!.every(one => one.format !== undefined));
  });

  for (const [name, file, content, word, says] of changes)
    it(`is ${word} with ${name}`, () => {
      const verdict = verdictOfSet(files => {
        if (content === undefined) delete files[file];
        else files[file] = content;
      });
      assert.equal(verdict.verdict, word, reasons(verdict));
      assert.match(reasons(verdict), says);
    });

  it("covers 60 sets, together with one for each file that is left unsigned", () =>
    assert.ok(changes.length + Object.keys(soundFiles()).length >= 60));

  it("counts nothing on production that the named producer has not signed; elsewhere it is marked", () => {
    const names = Object.keys(soundFiles());
    for (const name of names) {
      const verdict = verdictOfSet(() => {}, [name]);
      assert.equal(verdict.verdict, "INCONCLUSIVE", name);
      assert.match(reasons(verdict), /signed/);
    }
    const staging = inFolder(dir => {
      writeSet(dir, soundFiles(), names);
      return judged(dir, "staging");
    });
    assert.equal(staging.verdict, "GO");
    assert.ok(staging.items.flatMap(item => item.needs!).every(need => !need.signed));
  });

  it("takes another producer's signature, a false one and a changed file for what they are", () => {
    const other = testKey("intruder");
    inFolder(dir => {
      writeSet(dir, soundFiles());
      const file = path.join(dir, "k6.json");
      const at = { environment: "production", ended: "2026-11-25T11:00:00Z" };
      fs.writeFileSync(`${file}.intoto.json`, JSON.stringify(statementOf(file, at, other)));
      assert.equal(judged(dir).verdict, "INCONCLUSIVE");
      // A machine cannot give a person's word.
      const word = path.join(dir, "attestation-E.1.2-0.json");
      fs.writeFileSync(`${word}.intoto.json`, JSON.stringify(statementOf(word, at, ciKey)));
      fs.writeFileSync(`${file}.intoto.json`, JSON.stringify(statementOf(file, at, ciKey)));
      assert.match(reasons(judged(dir)), /Ada has not signed it/);
      const forged = statementOf(file, at, ciKey) as { signatures: { sig: string }[] };
      forged.signatures[0]!.sig = `${forged.signatures[0]!.sig.startsWith("A") ? "B" : "A"}${forged.signatures[0]!.sig.slice(1)}`;
      fs.writeFileSync(`${file}.intoto.json`, JSON.stringify(forged));
      assert.throws(() => judged(dir), /signed in the name of ci, but not by its key/);
      fs.writeFileSync(`${file}.intoto.json`, JSON.stringify(statementOf(file, at, ciKey)));
      fs.appendFileSync(file, " ");
      assert.throws(() => judged(dir), /about another file/);
    });
  });

  it("gets stale as time goes by, and says since when", () => {
    inFolder(dir => {
      writeSet(dir, soundFiles());
      const later = judged(dir, "production", moment + 3 * 86_400_000);
      assert.equal(later.verdict, "INCONCLUSIVE");
      assert.match(reasons(later), /API test: it is 3 days old; it counts for 1/);
    });
  });

  it("gets stale exactly when something it covers changes", () =>
    inFolder(dir => {
      const files = soundFiles();
      const restore = files["restore.json"] as { subject: { commit?: string } };
      restore.subject.commit = "7f3e91c";
      writeSet(dir, files);
      const covering = (covers: string[], changed: string[] | undefined) =>
        computeVerdict(run("production"), {
          ...{ rules, items, source: "preview", simulated: [] },
          evidence: {
            collected: collectEvidence(dir, [ciKey.trusted, adaKey.trusted]),
            setting: {
              ...{ stack: "production", tier: "production", nowMs: moment },
              register: register.map(one => (one.kind === "restore drill" ? { ...one, covers } : one)),
              changedSince: commit => (commit === "7f3e91c" ? changed : undefined),
            },
          },
        });
      assert.equal(covering(["components/data"], ["docs/a.md", "components/database.ts"]).verdict, "GO");
      const stale = covering(["components/data/"], ["docs/a.md", "components/data/redis.ts"]);
      assert.equal(stale.verdict, "INCONCLUSIVE");
      assert.match(
        reasons(stale),
        /restore drill: components\/data\/redis\.ts, which it covers, changed since 7f3e91c/,
      );
      assert.doesNotMatch(reasons(stale), /(load|API) test: .*changed since/);
      assert.match(reasons(covering(["components"], undefined)), /its commit 7f3e91c is not known here/);
    }));

  it("asks for a scan of every image and a look at every objective that the stack holds", () =>
    inFolder(dir => {
      writeSet(dir, soundFiles());
      const holding = (images: string[], objectives: number, stores: string[] = []) =>
        computeVerdict(run("production"), {
          ...{ rules, items, source: "preview", simulated: [] },
          evidence: {
            collected: collectEvidence(dir, [ciKey.trusted, adaKey.trusted]),
            setting: {
              ...{ stack: "production", tier: "production", nowMs: moment, register },
              holds: { images, objectives, stores, serving: 1 },
            },
          },
        });
      const [scanned, other] = ["a", "b"].map(digit => `sha256:${digit.repeat(64)}`) as [string, string];
      assert.equal(holding([scanned], 1).verdict, "GO");
      const more = holding([scanned, other], 4);
      assert.equal(more.verdict, "INCONCLUSIVE");
      assert.match(
        reasons(more),
        /image scan: 1 of 2 images have no scan of their digest, such as sha256:bbbbbbbbbbbb…/,
      );
      assert.match(reasons(more), /objective snapshot: 1 of 4 objectives were looked at/);
      // A restore of one store says nothing of the next.
      const unrestored = holding([scanned], 1, ["data/documents", "data/postgres"]);
      assert.equal(unrestored.verdict, "INCONCLUSIVE");
      assert.match(
        reasons(unrestored),
        /restore drill: 2 of 2 stores have no restore that counts: data\/documents, data\/postgres/,
      );
      for (const name of ["documents", "postgres"])
        writeSet(dir, {
          [`restore-${name}.json`]: restoreOf(name, { succeeded: true, rtoMs: 60_000, rpoMs: 1_000 }),
        });
      assert.equal(holding([scanned], 1, ["data/documents", "data/postgres"]).verdict, "GO");
    }));

  it("lets no drill of one thing hide that another failed, however new it is", () => {
    const bad = { succeeded: false, rtoMs: 60_000, rpoMs: 1_000 };
    const good = { ...bad, succeeded: true };
    const of = (older: object, newer: object) =>
      verdictOfSet(files => Object.assign(files, { "a.json": older, "b.json": newer })).verdict;
    const early = { ended: "2026-11-25T09:00:00Z" };
    const late = { ended: "2026-11-25T11:00:00Z" };
    assert.equal(of(restoreOf("postgres", bad, early), restoreOf("redis", good, late)), "NO-GO");
    assert.equal(of(restoreOf("postgres", bad, early), restoreOf("postgres", good, late)), "GO");
    assert.equal(of(restoreOf("postgres", good, early), restoreOf("postgres", bad, late)), "NO-GO");
  });

  it("lets a newer run stand in for an older one, but not a simulated, an unsigned or an empty one", () => {
    const again = (content: unknown, unsigned: string[] = []) =>
      verdictOfSet(files => {
        files["newman.json"] = newmanOf(60, 30);
        (files["newman.json"] as { run: { timings: { completed: number } } }).run.timings.completed =
          moment - 4_000_000;
        files["newman-2.json"] = content;
      }, unsigned);
    assert.equal(again(newmanOf(60, 0)).verdict, "GO");
    assert.equal(
      again(newmanOf(60, 0))
        .items.flatMap(item => item.needs!)
        .find(one => one.need === "API test")!.superseded,
      1,
    );
    assert.equal(again(newmanOf(60, 0), ["newman-2.json"]).verdict, "NO-GO");
    assert.equal(again(newmanOf(0, 0)).verdict, "NO-GO");
  });

  it("never improves by bad evidence that is added, nor by good evidence that is taken away; the order of files is nothing", function () {
    // Hundreds of folders of files are written and read; beside other work that takes a while.
    this.timeout(120_000);
    const rank = (word: VerdictWord) => verdicts.indexOf(word);
    const names = Object.keys(soundFiles());
    fc.assert(
      fc.property(
        fc.subarray(names),
        fc.subarray(changes.filter(([, , content, word]) => content !== undefined && word !== "GO")),
        fc.constantFrom(...names),
        (kept, bad, gone) => {
          const files = soundFiles();
          for (const name of names) if (!kept.includes(name)) delete files[name];
          const before = inFolder(dir => judged(writeSet(dir, files)));
          const worse = inFolder(dir => {
            const all = { ...files };
            for (const [index, [, file, content]] of bad.entries()) all[`bad-${index}-${file}`] = content;
            return judged(writeSet(dir, all));
          });
          assert.ok(rank(worse.verdict) <= rank(before.verdict), `${before.verdict} became ${worse.verdict}`);
          const { [gone]: _gone, ...fewer } = files;
          const less = inFolder(dir => judged(writeSet(dir, fewer)));
          assert.ok(rank(less.verdict) <= rank(before.verdict), `${before.verdict} became ${less.verdict}`);
          const turned = inFolder(dir => judged(writeSet(dir, Object.fromEntries(Object.entries(files).reverse()))));
          assert.equal(canonicalJson(turned), canonicalJson(before));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("tells how sure a share is by Wilson's interval", () => {
    // Agresti and Coull 1998: 0 of 10 gives 0 to 0.278, 5 of 10 gives 0.237 to 0.763.
    const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 0.001, `${a} ${b}`);
    near(shareBounds(0, 10).high, 0.278);
    near(shareBounds(5, 10).low, 0.237);
    near(shareBounds(5, 10).high, 0.763);
    assert.deepEqual(shareBounds(0, 0), { low: 0, high: 1 });
  });
});
