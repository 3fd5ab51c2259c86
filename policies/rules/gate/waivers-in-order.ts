import type { Severity } from "../../../model/outcome";
import type { Waiver } from "../../../model/waiver";
import { daysBetween, longestDays } from "../../../model/waiver";
import { alone, noneOfIt, notKnown } from "../../engine/example";
import { readAll } from "../../engine/kubernetes";
import type { Resource } from "../../engine/resource";
import type { Subject, Violation } from "../../engine/rule";
import { defineRule } from "../../engine/rule";
import type { Tier } from "../../../model/tier";

/** A waiver as it is judged: with the day, and what became of it. */
export interface JudgedWaiver extends Waiver {
  today: string;
  /** Severity of the rule it is about; absent where there is no such rule. */
  severity?: Severity;
  /** Whether it covers a finding of this run. */
  used: boolean;
  /** Whether its approver signed the file it stands in, with a key of the trust root. */
  signed?: boolean;
}

export const waiverType = "greenlight:review:Waiver";

function waivers(resource: Resource): Subject<JudgedWaiver>[] {
  if (resource.type !== waiverType) return [];
  return [{ resource, path: "", read: () => readAll<JudgedWaiver>(resource) }];
}

/** Why a waiver is not in force; nothing where it is. */
export function waiverFaults(waiver: JudgedWaiver, tier: Tier): Violation[] {
  const { rule, owner, approver, created, expires, today, severity } = waiver;
  const found: Violation[] = [];
  if (severity === undefined) return [{ path: "rule", value: rule, needed: "a rule of the catalogue" }];
  if (rule.startsWith("GL-GATE-"))
    found.push({ path: "rule", value: rule, needed: "a rule about the platform: the gate has no exceptions" });
  if (owner.trim().toLowerCase() === approver.trim().toLowerCase())
    found.push({ path: "approver", found: "its owner", needed: "somebody else" });
  if (!(daysBetween(created, today) >= 0))
    found.push({ path: "created", value: created, needed: `a day up to today, ${today}` });
  if (!(daysBetween(today, expires) > 0))
    found.push({ path: "expires", value: expires, needed: `a day after today, ${today}` });
  const longest = longestDays[severity];
  if (!(daysBetween(created, expires) <= longest))
    found.push({
      path: "expires",
      value: expires,
      needed: `at most ${longest} days after created, as the rule is ${severity}`,
    });
  if (tier === "production" && waiver.signed !== true)
    found.push({
      path: "approver",
      found: "without a signature",
      needed: "the approver's over the file as it is (`greenlight sign --waivers`)",
    });
  return found;
}

const waiver = (more: object = {}) =>
  alone(waiverType, {
    rule: "GL-POD-09",
    resource: "DaemonSet shop/agent",
    category: "accepted risk",
    reason: "The agent reads the node's own logs.",
    owner: "ada",
    approver: "grace",
    created: "2026-01-01",
    expires: "2026-01-10",
    today: "2026-01-05",
    severity: "critical",
    used: true,
    ...more,
  });

export const waiversInOrder = defineRule<JudgedWaiver>({
  id: "GL-GATE-02",
  slug: "waivers-in-order",
  title: "Every waiver is in force, agreed by a second person, and needed.",
  why: "Exceptions outlive their reasons: one that nobody needs or renews is a hole that nobody sees.",
  fix: "Renew the waiver in a reviewed change, or remove it from stacks/<env>/waivers.yaml.",
  severity: "high",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["NIST:CA-5", "NIST:CM-3", "SOC2:CC9.1"],
  scope: "resource",
  inspects: "waiver",
  showable: ["rule", "created", "expires"],
  subjects: waivers,
  check: (value, { tier }) => [
    ...waiverFaults(value, tier),
    ...(value.used
      ? []
      : [{ path: "resource", found: "without a finding of that rule", needed: "one it covers, or no waiver" }]),
  ],
  judgedAt: "staging",
  weaken: (subject, all) =>
    all.map(one => (one === subject ? { ...subject, props: { ...subject.props, approver: "ada" } } : one)),
  examples: () => [
    { name: "in force", given: waiver(), want: "met" },
    {
      name: "expired",
      given: waiver({ today: "2026-01-10" }),
      want: "not met",
      says: 'expires is "2026-01-10"; need a day after today, 2026-01-10',
    },
    {
      name: "too long",
      given: waiver({ expires: "2026-03-01" }),
      want: "not met",
      says: "at most 14 days after created, as the rule is critical",
    },
    {
      name: "agreed with oneself",
      given: waiver({ approver: " Ada" }),
      want: "not met",
      says: "approver is its owner; need somebody else",
    },
    { name: "from tomorrow", given: waiver({ created: "2026-01-06" }), want: "not met", says: "created is" },
    {
      name: "of no rule",
      given: waiver({ severity: undefined, rule: "GL-XX-01" }),
      want: "not met",
      says: 'rule is "GL-XX-01"; need a rule of the catalogue',
    },
    { name: "of the gate", given: waiver({ rule: "GL-GATE-01" }), want: "not met", says: "the gate has no exceptions" },
    { name: "covers nothing", given: waiver({ used: false }), want: "not met", says: "without a finding of that rule" },
    { name: "no date", given: waiver({ expires: "soon" }), want: "not met", says: "expires is" },
    { name: "not known yet", given: waiver({ owner: notKnown.string }), want: "unverifiable" },
    noneOfIt,
  ],
});
