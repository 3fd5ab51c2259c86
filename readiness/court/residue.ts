import type { Document, Place } from "../documents/document";
import { prose, recordsOf } from "../documents/document";
import type { Contradiction } from "./finding";
import { contradiction } from "./finding";
import { conceptOf, saysSimulated, stateOf } from "./words";

/** What was left from templates and examples, and what was made up beside claims that it was measured. */
export const residueContradictions = (document: Document): Contradiction[] => [
  ...placeholders(document),
  ...commits(document),
  ...simulated(document),
];

const placeholder =
  /\b(TBD|TODO|FIXME|XXX+)\b|\blorem ipsum\b|<(?:your|insert|fill|name|date|version|owner|todo)[^<>\n]{0,40}>|\{\{\s*[a-zA-Z_][\w. ]*\s*\}\}|\$\{[A-Z_]+\}|\[(?:insert|fill in|your)[^\]\n]{0,40}\](?![[(])|待补充|待補充|待填写|待填寫|\[填写[^\]]*\]|(?<![一-龥])待定(?![一-龥])/;

function placeholders(document: Document): Contradiction[] {
  const all: { text: string; place: Place }[] = [
    ...document.lines.filter(line => line.kind !== "code").map(({ text, place }) => ({ text, place })),
    // Owners are told apart: there is a class for them.
    ...recordsOf(document).flatMap(record => record.fields.filter(field => conceptOf(field.name) !== "owner")),
  ];
  return all.flatMap(({ text, place }) => {
    const match = placeholder.exec(prose(text.slice(0, 2_000)));
    if (!match) return [];
    return [
      contradiction(
        "placeholder",
        "medium",
        match[0],
        [place],
        `"${match[0]}" stands where something belongs`,
        "what belongs there",
      ),
    ];
  });
}

/** Commit ids that nobody's commit has: patterns on a keyboard, words, one digit again and again. */
function isSample(id: string): boolean {
  const text = id.toLowerCase();
  if (/^(.)\1+$/.test(text) || /^(..)\1+$/.test(text)) return true;
  if (/^(deadbeef|cafebabe|badc0de|c0ffee|abcdef|abc123|abcd1234|123abc|1234abcd|1a2b3c|a1b2c3)/.test(text))
    return true;
  return "0123456789abcdef0123456789abcdef".includes(text.slice(0, 7)) || "fedcba9876543210".includes(text.slice(0, 7));
}

function commits(document: Document): Contradiction[] {
  const named = recordsOf(document).flatMap(record =>
    record.fields
      .filter(field => conceptOf(field.name) === "commit")
      .map(({ text, place }) => ({ id: text.trim(), place })),
  );
  const said = document.lines.flatMap(({ text, place }) =>
    [...text.slice(0, 1_000).matchAll(/(?:commit|sha|revision|提交)\W{0,6}([0-9a-f]{7,40})(?![0-9a-z])/gi)].map(
      match => ({ id: match[1]!, place }),
    ),
  );
  return [...named, ...said]
    .filter(({ id }) => /^[0-9a-z]{7,64}$/i.test(id) && isSample(id))
    .map(({ id, place }) =>
      contradiction(
        "sample-commit",
        "high",
        id,
        [place],
        `${id} is a pattern, not a digest`,
        "the commit's real id, which git gives",
      ),
    );
}

/** A record or line that says it was simulated, and in the same breath that it passed or how long it took. */
function simulated(document: Document): Contradiction[] {
  const found: Contradiction[] = [];
  const measured =
    /\d+(?:\.\d+)?\s*(?:%|ms|s\b|sec|min|seconds|秒|毫秒|分钟|分鐘)|實測|verified|passed|成功|通过|通過/i;
  const claim = (word: string, place: Place, what: string) =>
    contradiction(
      "simulated-as-measured",
      "high",
      word,
      [place],
      `said to be ${word}, with ${what} beside it: what is made up proves nothing`,
      "the same, done for real and timed",
    );
  const wordIn = (text: string) =>
    /simulat\w*|mock\w*|dry[- ]?run|fake\w*|stub\w*|synthetic|模拟|模擬|仿真|桩数据/i.exec(text)?.[0];
  for (const { text, place, kind } of document.lines)
    if (kind !== "code" && saysSimulated(prose(text)) && measured.test(text))
      found.push(claim(wordIn(text)!, place, "a result"));
  for (const record of recordsOf(document)) {
    const hit = record.fields.find(
      field => isFlag(field.name, field.text) || (typeof field.text === "string" && saysSimulated(prose(field.text))),
    );
    if (!hit) continue;
    const state = record.fields.find(field => conceptOf(field.name) === "state" && stateOf(field.text) === "pass");
    const result =
      state ??
      record.fields.find(field => field !== hit && measured.test(field.text)) ??
      (measured.test(hit.text) ? hit : undefined);
    if (result)
      found.push(claim(wordIn(`${hit.text} ${hit.name}`) ?? hit.text, hit.place, `${result.name} ${result.text}`));
  }
  return found;
}

/** `simulated: true`. */
const isFlag = (name: string, text: string): boolean =>
  /^(is_?)?(simulated|simulation|mock(ed)?|dry_?run)$/i.test(name) && text === "true";
