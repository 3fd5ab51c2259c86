import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import fc from "fast-check";
import { root } from "../../local/state";
import { UserError } from "../../model/faults";
import { holdCourt } from "../../readiness/court/court";
import { readDocument, readSources } from "../../readiness/documents/read";

const fixtures = ["court/clean", "documents"].map(name => path.join(root, "test", "fixtures", name));

describe("the court before hostile documents", function () {
  this.timeout(600_000);

  it("ends in findings or a clear error for 10,000 mutated documents", () => {
    const sources = readSources(fixtures);
    const pieces = [
      ..."{}[]<>|`\"'\n\t#-+=%,:&*!\\/".split(""),
      ..."\u202e \u0007 __proto__ constructor 1e999 -0 NaN null ✅ ❌ <!ENTITY <script>alert(1)</script>".split(" "),
      "999999999999999999999999/1 (100%)",
      "2025-13-45T99:99:99Z",
      "|".repeat(200),
      " ".repeat(500),
    ];
    let ran = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...sources),
        fc.array(fc.tuple(fc.nat(), fc.nat(40), fc.constantFrom(...pieces)), { minLength: 1, maxLength: 6 }),
        (source, edits) => {
          ran++;
          let { text } = source;
          for (const [at, length, piece] of edits) {
            const place = at % (text.length + 1);
            text = text.slice(0, place) + piece + text.slice(place + (at % 2 === 0 ? length : 0));
          }
          try {
            for (const one of holdCourt([readDocument({ ...source, text, bytes: Buffer.from(text) })])) {
              assert.ok(one.places.length > 0 && one.places.every(place => place.line >= 1), JSON.stringify(one));
              for (const place of one.places)
                assert.doesNotMatch(place.text, /[\u0000-\u001f\u202a-\u202e\u2066-\u2069]/);
            }
          } catch (error) {
            if (!(error instanceof UserError)) throw error;
          }
        },
      ),
      { numRuns: 10_000 },
    );
    console.log(`      ${ran} documents`);
  });

  const hostile: Record<string, string> = {
    "spaces without end": `- owner${" ".repeat(500_000)}:\n`,
    "digits without end": `RPO < ${"9".repeat(300_000)} h\n`,
    "pipes without end": `${"|a".repeat(20_000)}|\n${"|-".repeat(20_000)}|\n${"|1".repeat(20_000)}|\n`,
    "lists within lists": Array.from({ length: 3_000 }, (_, n) => `${" ".repeat(n)}- x`)
      .join("\n")
      .slice(0, 900_000),
    "brackets without end": "[".repeat(100_000),
    "quotes within quotes": `${">".repeat(50_000)} x`,
    "backticks without end": "`".repeat(100_000),
    "additions without end": `${"1 + ".repeat(100_000)}1 = 2`,
  };
  for (const [name, text] of Object.entries(hostile))
    it(name, () => {
      try {
        holdCourt([readDocument({ file: "a.md", text, bytes: Buffer.from(text) })]);
      } catch (error) {
        assert.ok(error instanceof UserError, String(error));
      }
    }).timeout(20_000);

  for (const [name, text, says] of [
    ["JSON nested without end", "[".repeat(200_000), /unreadable/],
    ["objects nested without end", `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`, /nested deeper|unreadable/],
    ["entities that multiply", '<!DOCTYPE x [<!ENTITY a "ha">]><x>&a;</x>', /declares entities/],
  ] as const)
    it(`refuses ${name}`, () =>
      assert.throws(() => readDocument({ file: "a.json", text, bytes: Buffer.from(text) }), says));

  it("refuses links, and what is no text", () => {
    const dir = fs.mkdtempSync(path.join(fs.realpathSync("/tmp"), "court-"));
    try {
      fs.symlinkSync("/etc/hostname", path.join(dir, "a.md"));
      assert.throws(() => readSources([path.join(dir, "a.md")]), /is a link/);
      assert.deepEqual(readSources([dir]), []);
      fs.writeFileSync(path.join(dir, "b.md"), Buffer.from([0xff, 0xfe, 0x00]));
      assert.throws(() => readSources([dir]), /no UTF-8/);
    } finally {
      fs.rmSync(dir, { recursive: true });
    }
  });
});
