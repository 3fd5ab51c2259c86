import { v5 as uuidOf } from "uuid";
import { canonicalJson, sha256 } from "../../model/canonical";
import type { Outcome } from "../../model/outcome";
import type { Verdict } from "../../model/verdict";
import type { Blocker } from "../blockers";
import type { Decision } from "../decision";
import { pathOf } from "../decision";

/**
 * A decision as NIST's OSCAL 1.1.3 has it: assessment results, and the plan of what is to be repaired. Ids are made from names
 * (UUID version 5), so that the same decision gives the same bytes. OSCAL knows satisfied and not satisfied only: what was
 * found besides stands in each status' remarks.
 */

/** The namespace of all ids here; any would do, as long as it stays. */
const namespace = "0b0f3f0e-6d3c-5a76-9f4e-7d1f0a3f6c51";
const version = "1.1.3";
const ns = "https://greenlight.dev/ns/oscal";

/** One line that is not empty, as the format's texts have to be. */
const line = (value: string): string => value.replace(/[\s\u0000-\u001f\u007f]+/g, " ").trim() || "none";
const listed = <Name extends string, T>(name: Name, all: readonly T[]): { [K in Name]?: T[] } =>
  (all.length > 0 ? { [name]: [...all] } : {}) as { [K in Name]?: T[] };

interface Names {
  of: (kind: string, name: string) => string;
  start: string;
}

function namesOf(verdict: Verdict): Names {
  const { project, stack } = verdict;
  const digest = sha256(canonicalJson(verdict));
  return {
    // The same control of another run is another finding; a resource is the same thing in every run.
    of: (kind, name) =>
      uuidOf(
        JSON.stringify(kind === "resource" ? [project, stack, name] : [project, stack, digest, kind, name]),
        namespace,
      ),
    start: verdict.at ?? new Date(0).toISOString(),
  };
}

function metadata({ verdict, blockers }: Decision, { of, start }: Names, title: string) {
  const owners = [...new Set(blockers.flatMap(one => one.owner ?? []))].sort();
  return {
    title: line(`${title}: ${verdict.project} / ${verdict.stack}`),
    "last-modified": start,
    version: sha256(canonicalJson(verdict)).slice(0, 16),
    "oscal-version": version,
    ...listed("roles", owners.length > 0 ? [{ id: "repairs", title: "Who repairs" }] : []),
    ...listed(
      "parties",
      owners.map(name => ({ uuid: of("party", name), type: "person", name: line(name) })),
    ),
  };
}

/** What is not GO is not satisfied, whatever the reason; the reason is told. */
const statusOf = (state: Outcome, reason: string) => ({
  state: state === "met" ? "satisfied" : "not-satisfied",
  reason: { met: "pass", "not met": "fail" }[state as string] ?? "other",
  remarks: line(`${state}: ${reason}`),
});

/** Each rule on each resource it found something on, and each file of evidence, as an observation. */
function observationsOf({ verdict }: Decision, { of, start }: Names) {
  const places = new Map<string, Verdict["findings"]>();
  for (const finding of verdict.findings) {
    const key = JSON.stringify([finding.rule, finding.urn]);
    places.set(key, [...(places.get(key) ?? []), finding]);
  }
  const found = [...places].map(([key, all]) => {
    const { rule, resource, urn } = all[0]!;
    return {
      uuid: of("observation", key),
      title: line(`${rule} on ${resource}`),
      description: all.map(one => line(one.message)).join("\n"),
      methods: ["TEST"],
      types: ["finding"],
      subjects: [{ "subject-uuid": of("resource", urn), type: "inventory-item", title: line(resource) }],
      collected: start,
    };
  });
  const files = (verdict.evidence ?? []).map(({ file, sha256: digest, format, kind, ended }) => ({
    uuid: of("evidence", file),
    title: line(file),
    description: line(format === undefined ? "nothing that is known: it proves nothing" : `${format}: ${kind ?? ""}`),
    methods: ["EXAMINE"],
    types: ["control-objective"],
    props: [{ name: "sha-256", ns, value: digest }],
    "relevant-evidence": [{ href: encodeURI(file), description: line(kind ?? "unknown") }],
    collected: ended ?? start,
  }));
  return { found, files };
}

const observationsFor = (rules: readonly string[], verdict: Verdict, { of }: Names) => [
  ...new Set(
    verdict.findings
      .filter(one => rules.includes(one.rule))
      .map(({ rule, urn }) => of("observation", JSON.stringify([rule, urn]))),
  ),
];

/** A blocker as a risk; what was waived is a deviation that somebody approved until a day. */
function riskOf(one: Blocker, decision: Decision, names: Names) {
  const { verdict } = decision;
  const { of, start } = names;
  const slot = pathOf(decision).slots.find(two => two.id === one.id);
  const at = (hours: number) => new Date(Date.parse(start) + hours * 3_600_000).toISOString();
  const waived = (verdict.waivers ?? []).filter(two => one.state === "waived" && one.cause === two.rule);
  const ends = waived.map(two => two.expires).sort()[0];
  const observations = observationsFor([one.cause], verdict, names);
  return {
    uuid: of("risk", one.id),
    title: line(`${one.id} ${one.title}`),
    description: line(`${one.state}: ${one.proof}`),
    statement: line(`${one.priority}; it holds up ${one.items.join(", ") || "the gate"} (${one.impact}).`),
    status: one.state === "waived" ? "deviation-approved" : "open",
    ...(ends === undefined ? {} : { deadline: new Date(Date.parse(ends)).toISOString() }),
    remediations: [
      {
        uuid: of("remediation", one.id),
        lifecycle: "recommendation",
        title: line(one.fix),
        description: line(`${one.hours.join(" to ")} hours; ${one.owner ?? "nobody answers for it"}.`),
        tasks: [
          {
            uuid: of("task", one.id),
            type: "milestone",
            title: line(one.title),
            ...(slot ? { timing: { "within-date-range": { start: at(slot.start), end: at(slot.end) } } } : {}),
            ...listed(
              "dependencies",
              one.dependsOn.map(id => ({ "task-uuid": of("task", id) })),
            ),
            ...(one.owner === undefined
              ? {}
              : { "responsible-roles": [{ "role-id": "repairs", "party-uuids": [of("party", one.owner)] }] }),
          },
        ],
      },
    ],
    ...listed(
      "related-observations",
      observations.map(uuid => ({ "observation-uuid": uuid })),
    ),
  };
}

const resourcesOf = ({ verdict }: Decision, { of }: Names) =>
  [...new Map(verdict.findings.map(one => [one.urn, one.resource]))].map(([urn, resource]) => ({
    uuid: of("resource", urn),
    description: line(resource),
    props: [{ name: "asset-id", value: line(urn) }],
  }));

/** Assessment results: each item as a finding, each rule and file behind it as an observation, each blocker as a risk. */
export function toAssessmentResults(decision: Decision): object {
  const { verdict, blockers } = decision;
  const names = namesOf(verdict);
  const { of, start } = names;
  const asked = verdict.items.filter(item => item.state !== "not applicable");
  const rest = verdict.items.filter(item => item.state === "not applicable");
  const { found, files } = observationsOf(decision, names);
  const known = new Set((verdict.evidence ?? []).map(one => one.file));
  return {
    "assessment-results": {
      uuid: of("document", "assessment-results"),
      metadata: metadata(decision, names, "Production readiness"),
      "import-ap": { href: `#${of("plan", "")}` },
      results: [
        {
          uuid: of("result", ""),
          title: line(`${verdict.verdict}: ${verdict.project} / ${verdict.stack}`),
          description: line(`${verdict.reason}.`),
          start,
          end: start,
          props: [
            { name: "verdict", ns, value: verdict.verdict },
            { name: "tier", ns, value: verdict.tier },
            { name: "catalogue", ns, value: line(verdict.basis.catalogue) },
            { name: "source", ns, value: verdict.basis.source },
            ...verdict.basis.simulated.map(one => ({ name: "simulated", ns, value: line(one) })),
          ],
          ...(verdict.findings.length > 0
            ? { "local-definitions": { "inventory-items": resourcesOf(decision, names) } }
            : {}),
          "reviewed-controls": {
            "control-selections": [
              {
                "include-controls": asked.map(item => ({ "control-id": item.id })),
                ...listed(
                  "exclude-controls",
                  rest.map(item => ({ "control-id": item.id })),
                ),
              },
            ],
          },
          ...listed("observations", [...found, ...files]),
          ...listed(
            "risks",
            blockers.map(one => riskOf(one, decision, names)),
          ),
          ...listed(
            "findings",
            asked.map(item => ({
              uuid: of("finding", item.id),
              title: line(`${item.id} ${item.title}`),
              description: line(item.reason),
              target: { type: "objective-id", "target-id": item.id, status: statusOf(item.state, item.reason) },
              ...listed(
                "related-observations",
                [
                  ...observationsFor(item.rules, verdict, names),
                  ...new Set(
                    (item.needs ?? []).flatMap(need =>
                      need.file !== undefined && known.has(need.file) ? [of("evidence", need.file)] : [],
                    ),
                  ),
                ].map(uuid => ({ "observation-uuid": uuid })),
              ),
              ...listed(
                "related-risks",
                blockers.filter(one => one.items.includes(item.id)).map(one => ({ "risk-uuid": of("risk", one.id) })),
              ),
            })),
          ),
        },
      ],
      "back-matter": {
        resources: [
          {
            uuid: of("plan", ""),
            title: "The items of the review and what decides each",
            rlinks: [{ href: "docs/prr.md" }],
          },
        ],
      },
    },
  };
}

/** The plan of action and milestones: one item a blocker; undefined where nothing blocks, for the format knows no empty plan. */
export function toPlanOfAction(decision: Decision): object | undefined {
  const { verdict, blockers } = decision;
  if (blockers.length === 0) return undefined;
  const names = namesOf(verdict);
  const { of } = names;
  const { found } = observationsOf(decision, names);
  return {
    "plan-of-action-and-milestones": {
      uuid: of("document", "plan"),
      metadata: metadata(decision, names, "Road to GO"),
      "system-id": { id: line(`${verdict.project}/${verdict.stack}`), "identifier-type": ns },
      ...(verdict.findings.length > 0
        ? { "local-definitions": { "inventory-items": resourcesOf(decision, names) } }
        : {}),
      ...listed("observations", found),
      risks: blockers.map(one => riskOf(one, decision, names)),
      "poam-items": blockers.map(one => ({
        uuid: of("item", one.id),
        title: line(`${one.id} ${one.title}`),
        description: line(`${one.fix} (${one.proof})`),
        props: [
          { name: "priority", ns, value: one.priority },
          { name: "state", ns, value: one.state },
        ],
        "related-risks": [{ "risk-uuid": of("risk", one.id) }],
      })),
    },
  };
}
