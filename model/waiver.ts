import type { Severity } from "./outcome";

/** Why somebody goes on though a rule says no. */
export const waiverCategories = ["accepted risk", "false positive", "planned repair"] as const;
export type WaiverCategory = (typeof waiverCategories)[number];

/** A reviewed exception: one rule, one resource, for a while (decision 13). Dates are days in UTC, `YYYY-MM-DD`. */
export interface Waiver {
  rule: string;
  /** The resource as findings name it, such as `DaemonSet shop/agent`. */
  resource: string;
  /** Path in it that the waiver is about, such as a container's; the whole resource where none is said. */
  path?: string;
  category: WaiverCategory;
  reason: string;
  /** Who answers for it, and who agreed: two people. */
  owner: string;
  approver: string;
  created: string;
  expires: string;
}

/** How many days a waiver may last, by the rule's severity. */
export const longestDays: Record<Severity, number> = { critical: 14, high: 30, medium: 90, low: 180 };

/** Days from one date to another; NaN where one is none. */
export const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;
