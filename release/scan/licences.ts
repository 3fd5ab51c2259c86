import satisfies from "spdx-satisfies";
import type { ScanFinding } from "../../model/scan";
import type { Package } from "./packages";

/** Packages whose licence nobody agreed to, or whose lock file does not tell it. */
export function findLicences(packages: readonly Package[], allowed: readonly string[]): ScanFinding[] {
  const found: ScanFinding[] = [];
  const silent = new Map<string, string[]>();
  for (const one of packages) {
    if (one.licence === undefined) silent.set(one.file, [...(silent.get(one.file) ?? []), one.name]);
    else if (!isAllowed(one.licence, allowed))
      found.push({
        ...{ rule: "licence", state: "not met", file: one.file, subject: one.name },
        message: `pins ${one.name} ${one.version} under ${one.licence}; need one of ${allowed.join(", ")}`,
      });
  }
  for (const [file, names] of silent)
    found.push({
      ...{ rule: "licence", state: "unverifiable", file, subject: names.length === 1 ? names[0]! : file },
      message: `tells no licence of ${names.length} package${names.length === 1 ? "" : "s"} (${names.slice(0, 3).join(", ")}${names.length > 3 ? ", …" : ""}); need a lock file that does`,
    });
  return found;
}

function isAllowed(licence: string, allowed: readonly string[]): boolean {
  if (allowed.includes(licence)) return true;
  try {
    return satisfies(licence, [...allowed]);
  } catch {
    // No SPDX expression: it is what nobody agreed to.
    return false;
  }
}
