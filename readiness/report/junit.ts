import { XMLBuilder } from "fast-xml-parser";
import type { Verdict } from "../../model/verdict";

/**
 * The rules as JUnit test cases, as CI servers read them: not met fails, unverifiable is an error, what does not apply or is
 * waived is skipped and says so. Source: the schema of Jenkins' xunit plugin, which the others follow.
 */
export function toJunit(verdict: Verdict): string {
  const cases = verdict.rules.map(({ id, title, state, inspected }) => {
    const own = verdict.findings.filter(finding => finding.rule === id);
    const text = own
      .map(({ file, line, message }) => `${file ? `${file}${line ? `:${line}` : ""}: ` : ""}${message}`)
      .join("\n");
    const attributes = { "@_classname": `greenlight.${verdict.stack}`, "@_name": plain(`${id} ${title}`) };
    const body = { "@_message": plain(own[0]?.message ?? state), "#text": plain(text) };
    if (state === "not met") return { ...attributes, failure: body };
    if (state === "met") return { ...attributes, "system-out": `${inspected} inspected` };
    if (state === "not applicable" || state === "waived") return { ...attributes, skipped: { "@_message": state } };
    return { ...attributes, error: body };
  });
  const count = (states: string[]) => verdict.rules.filter(rule => states.includes(rule.state)).length;
  const suite = {
    "@_name": plain(`greenlight ${verdict.project} ${verdict.stack}`),
    "@_tests": cases.length,
    "@_failures": count(["not met"]),
    "@_errors": count(["unverifiable", "stale", "simulated"]),
    "@_skipped": count(["not applicable", "waived"]),
    testcase: cases,
  };
  const builder = new XMLBuilder({ ignoreAttributes: false, format: true, suppressEmptyNode: true });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ testsuites: { testsuite: suite } })}`;
}

/** XML has no place for control characters, whatever they are escaped to. */
const plain = (text: string): string => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "?");
