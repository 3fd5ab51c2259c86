import * as fs from "node:fs";
import { collectEvidence } from "../../readiness/evidence/collect";
import { judgeFacts } from "../../readiness/evidence/facts";
import type { Imported } from "../../readiness/evidence/imported";
import { limits } from "../../model/limits";
import type { Tier } from "../../model/tier";
import type { ScanFinding } from "../../model/scan";

/** How a scanner on PATH is asked about an image. */
export const scanners = {
  trivy: (image: string) => ["image", "--quiet", "--format", "json", image],
  grype: (image: string) => ["--quiet", "--output", "json", image],
} as const;

/** Images that are deployed, against reports about them by digest (S-150, S-169). */
export function findImages(
  images: readonly string[],
  reports: string | undefined,
  { tier, nowMs, file }: { tier: Tier; nowMs: number; file: string },
): ScanFinding[] {
  const scans: Imported[] =
    reports !== undefined && fs.existsSync(reports)
      ? collectEvidence(reports).imported.filter(one => one.kind === "image scan")
      : [];
  const maxMs = limits[tier].scannerDatabaseMs;
  return images.flatMap((image): ScanFinding[] => {
    const digest = image.slice(image.indexOf("@") + 1);
    const about = scans.filter(one => one.images?.includes(digest)).sort((a, b) => (b.endedMs ?? 0) - (a.endedMs ?? 0));
    const found = (state: ScanFinding["state"], message: string): ScanFinding[] => [
      { rule: "image", state, file, subject: image, message },
    ];
    const [newest] = about;
    if (!newest) return found("unverifiable", `deploys ${image}, of which there is no scan; need one of that digest`);
    const { state, reason } = judgeFacts(newest, limits[tier]);
    if (state === "not met") return found("not met", `deploys ${image}: ${reason}`);
    if (state !== "met") return found("unverifiable", `deploys ${image}, whose scan tells nothing: ${reason}`);
    const at = newest.facts.databaseAt ?? newest.endedMs;
    if (at === undefined || nowMs - at > maxMs)
      return found(
        "unverifiable",
        `deploys ${image}, whose scan is older than ${maxMs / 3_600_000} h; need a fresh one`,
      );
    return [];
  });
}
