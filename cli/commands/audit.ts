import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { rules } from "../../policies/rules/catalogue";
import { toOpenReport } from "../../readiness/report/open-reports";
import { writeInto } from "../../readiness/report/write";
import type { Verdict } from "../../model/verdict";
import { checkObjects } from "../in-process/check";
import { readCluster } from "../in-process/live-cluster";
import type { Target } from "../kubectl";
import { clusterName, kubectl, targetOf } from "../kubectl";
import { asked, reportObjects } from "./check";

export interface AuditOptions extends Target {
  tier?: string;
  only?: string[];
  waivers?: string;
  report?: string;
  /** Whether the result is written into the cluster as a ClusterReport. */
  write?: boolean;
  json?: boolean;
}

/**
 * `greenlight audit`: judges what a cluster holds now, whoever put it there. What was changed past the gate shows here;
 * run it every night.
 */
export async function audit(options: AuditOptions): Promise<number> {
  const target = targetOf(options);
  const say = options.json ? () => {} : (line: string) => console.error(`audit: ${line}`);
  const question = asked(options);
  const name = (await clusterName(target)) || "cluster";
  const { objects, leftOut } = await readCluster(target, say);
  if (objects.length === 0)
    throw fail("the cluster", "without an object to judge", "something deployed", undefined, exitCodes.unreadable);
  say(
    `${objects.length} objects judged; ${leftOut} left out: controllers made them of others, or they come with the cluster`,
  );
  const verdict = checkObjects(objects, question, { stack: name, project: "audit", source: "cluster" });
  if (options.report) writeInto(options.report, verdict, rules);
  if (options.write) say(await writeToCluster(target, verdict));
  return reportObjects(verdict, options, "every night: `greenlight audit --write`; docs/guides/nightly-audit.md");
}

/** Writes the verdict as an object of the cluster; the next audit replaces it. */
async function writeToCluster(target: Target, verdict: Verdict): Promise<string> {
  const served = await kubectl(target, ["api-resources", "--api-group=openreports.io", "-o", "name"]);
  if (!served.split("\n").includes("clusterreports.openreports.io"))
    throw fail(
      "--write",
      "asked for in a cluster that knows no ClusterReport",
      "the custom resource definitions of OpenReports (openreports.io/v1alpha1)",
      "Install them, or leave --write out.",
      exitCodes.usage,
    );
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "greenlight-audit-"));
  try {
    const file = path.join(dir, "report.json");
    fs.writeFileSync(file, JSON.stringify(toOpenReport(verdict)));
    const done = await kubectl(target, [
      "apply",
      "--server-side",
      "--field-manager=greenlight-audit",
      "--force-conflicts",
      "-f",
      file,
    ]);
    return done.trim();
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}
