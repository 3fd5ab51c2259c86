import type { Verdict } from "../../model/verdict";

const results: Record<string, "pass" | "fail" | "error" | "skip"> = {
  met: "pass",
  "not met": "fail",
  waived: "skip",
  stale: "error",
  simulated: "error",
  unverifiable: "error",
};

/**
 * The verdict as an object of OpenReports (openreports.io/v1alpha1, ClusterReport), which cluster dashboards read. Rules
 * that do not apply are left out: the format knows no such state.
 */
export function toOpenReport(verdict: Verdict): object {
  const name = `greenlight-${verdict.project}-${verdict.stack}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 63)
    .replace(/-$/, "");
  const rows = verdict.rules
    .filter(rule => rule.state !== "not applicable")
    .flatMap(({ id, title, state, severity }) => {
      const base = { source: "greenlight", policy: id, result: results[state]!, severity, category: title };
      const own = verdict.findings.filter(finding => finding.rule === id);
      if (own.length === 0) return [base];
      return own.map(({ message, resource, urn, path, state: found }) => ({
        ...base,
        result: results[found]!,
        message,
        properties: { resource, urn, path },
      }));
    });
  const count = (result: string) => rows.filter(row => row.result === result).length;
  return {
    apiVersion: "openreports.io/v1alpha1",
    kind: "ClusterReport",
    metadata: {
      name,
      labels: { "app.kubernetes.io/managed-by": "greenlight" },
      annotations: { "greenlight.dev/verdict": verdict.verdict, "greenlight.dev/catalogue": verdict.basis.catalogue },
    },
    source: "greenlight",
    summary: { pass: count("pass"), fail: count("fail"), warn: 0, error: count("error"), skip: count("skip") },
    results: rows,
  };
}
