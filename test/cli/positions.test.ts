import assert from "node:assert/strict";
import { LineCounter, parseAllDocuments } from "yaml";
import { linesOf } from "../../cli/in-process/positions";

const place = { urn: "u", type: "t", props: {}, file: "f", document: 0 };

/** Where a full reading puts the first document. */
function begins(text: string): number | undefined {
  const lineCounter = new LineCounter();
  const [first] = parseAllDocuments(text, { lineCounter, logLevel: "silent" }) as { contents?: { range: number[] } }[];
  const offset = first?.contents?.range[0];
  return offset === undefined ? undefined : lineCounter.linePos(offset).line;
}

describe("where an object stands", () => {
  const body = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n";
  const texts = {
    plain: body,
    "after a marker": `---\n${body}`,
    "after comments and space": `# ours\n\n  # more\n---   # here\n\n${body}`,
    "two documents": `${body}---\n${body}`,
    "a directive": `%YAML 1.2\n---\n${body}`,
    "an end marker": `${body}...\n`,
    "a block that holds a marker": `a: |\n  ---\n  x\n${body}`,
    "on the marker's own line": `--- {apiVersion: v1, kind: Service}\n`,
    "an anchor first": `&a\n${body}`,
    "a quoted key": `"apiVersion": v1\nkind: Service\n`,
    "line ends of two characters": body.replaceAll("\n", "\r\n"),
    "nothing but comments before a second document": `# none\n---\n${body}---\n${body}`,
  };
  for (const [name, text] of Object.entries(texts))
    it(name, () => assert.equal(linesOf(text)(place, ""), begins(text)));

  it("a value, what is missing, and an item of a list", () => {
    const list = `kind: List\nitems:\n  - kind: Service\n    spec:\n      type: NodePort\n`;
    assert.equal(linesOf(body)(place, "metadata.name"), 4);
    assert.equal(linesOf(body)(place, "metadata.labels.app"), 3);
    assert.equal(linesOf(list)({ ...place, item: 0 }, "spec.type"), 5);
  });
});
