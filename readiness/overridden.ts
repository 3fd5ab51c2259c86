import type { Verdict } from "../model/verdict";
import type { Permission } from "../policies/permission";

/** What a verdict says of the override it is deployed by. */
export function overriddenBy(permission: Permission | undefined): Verdict["overridden"] {
  if (!permission?.override) return undefined;
  const { incident, reason, resources, until } = permission.override.predicate;
  const signedBy = (permission.signedBy ?? []).map(one => one.name);
  return { ...{ incident, reason, resources, until, signedBy }, document: permission.document! };
}

/** The same in a line for people; undefined where there is none. */
export const overriddenText = (overridden: Verdict["overridden"]): string | undefined =>
  overridden &&
  `OVERRIDDEN for ${overridden.incident} until ${overridden.until} by ${overridden.signedBy.join(" and ")}: ${overridden.reason} (only ${overridden.resources.join(", ")})`;
