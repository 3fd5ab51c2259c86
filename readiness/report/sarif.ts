import type { Log } from "sarif";
import { sha256 } from "../../model/canonical";
import type { Verdict } from "../../model/verdict";
import type { AnyRule } from "../../policies/engine/rule";
import type { Severity } from "../../model/outcome";

/** How severities are called in SARIF. */
const levels: Record<Severity, "error" | "warning" | "note"> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "note",
};

/**
 * Findings as SARIF 2.1.0 (OASIS), as code scanning services read it. A finding keeps its fingerprint while rule, object
 * and place stay the same. The compiler holds it to the format's own types. What nobody can tell is `open`; what is waived is suppressed, not left out.
 */
export function toSarif(verdict: Verdict, rules: readonly AnyRule[]): Log {
  const judged = rules.filter(rule => verdict.rules.some(one => one.id === rule.id));
  const index = new Map(judged.map((rule, place) => [rule.id, place]));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "greenlight",
            semanticVersion: "0.1.0",
            rules: judged.map(({ id, slug, title, why, fix, severity, mappings, items }) => ({
              id,
              name: slug,
              shortDescription: { text: title },
              fullDescription: { text: `${title} ${why}` },
              help: { text: fix },
              defaultConfiguration: { level: levels[severity] },
              properties: { tags: [...items, ...mappings], "problem.severity": severity },
            })),
          },
        },
        automationDetails: { id: `greenlight/${verdict.project}/${verdict.stack}/` },
        properties: { verdict: verdict.verdict, tier: verdict.tier, catalogue: verdict.basis.catalogue },
        results: verdict.findings.map(({ rule, state, severity, urn, resource, path, message, file, line }) => ({
          ruleId: rule,
          ruleIndex: index.get(rule) ?? -1,
          ...(state === "not met" || state === "waived"
            ? { kind: "fail", level: levels[severity] }
            : { kind: "open", level: "none" }),
          message: { text: message },
          locations: [
            {
              ...(file === undefined
                ? {}
                : {
                    physicalLocation: {
                      artifactLocation: { uri: encodeURI(file) },
                      ...(line === undefined ? {} : { region: { startLine: line } }),
                    },
                  }),
              logicalLocations: [
                { name: resource, fullyQualifiedName: path ? `${urn}#${path}` : urn, kind: "resource" },
              ],
            },
          ],
          partialFingerprints: { "greenlight/v1": sha256(JSON.stringify([rule, resource, path])) },
          ...(state === "waived" ? { suppressions: [{ kind: "external", status: "accepted" }] } : {}),
        })),
      },
    ],
  };
}
