import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import type { Tier } from "../../model/tier";
import type { Verdict } from "../../model/verdict";
import { rules } from "../../policies/rules/catalogue";
import { stackOf } from "../commands/check";
import { checkManifests, checkProgram } from "../in-process/check";
import { kubectl } from "../kubectl";
import { readProject } from "../project";
import type { Detected } from "./detect";

/** Judges what was detected in a folder. */
export async function judgeDetected(
  dir: string,
  { kind, places }: Detected,
  tier: Tier,
  stack?: string,
): Promise<Verdict> {
  if (kind === "program") {
    const project = readProject(dir);
    const of = stackOf(project, stack);
    return checkProgram(project, of.stack, of.config);
  }
  const asked = { tier, asking: rules, waivers: [] };
  if (kind === "manifests")
    return checkManifests(
      places.map(one => path.join(dir, one)),
      asked,
    );
  if (kind === "kustomize") {
    const room = fs.mkdtempSync(path.join(os.tmpdir(), "greenlight-kustomize-"));
    try {
      for (const [index, place] of places.entries())
        fs.writeFileSync(path.join(room, `${index}.yaml`), await kubectl({}, ["kustomize", path.join(dir, place)]));
      return checkManifests([room], asked);
    } finally {
      fs.rmSync(room, { recursive: true });
    }
  }
  if (kind === "chart")
    throw fail(
      dir,
      `a chart that is not rendered (${places.join(", ")})`,
      "what it renders",
      `Render it into a folder first: helm template ${places[0]} --output-dir rendered`,
      exitCodes.usage,
    );
  throw fail(
    dir,
    "without anything that can be judged",
    "a Pulumi program, manifests, or a kustomization",
    undefined,
    exitCodes.usage,
  );
}

/** The line by which CI judges the same. */
export function checkLine({ kind, places }: Detected, tier: Tier): string {
  if (kind === "program") return "$GREENLIGHT check .";
  if (kind === "kustomize")
    return `{ ${places.map(one => `kubectl kustomize ${one} && echo ---`).join(" && ")}; } | $GREENLIGHT check - --tier ${tier}`;
  return `$GREENLIGHT check ${places.join(" ")} --tier ${tier}`;
}
