import * as fs from "node:fs";
import * as path from "node:path";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { root } from "../../local/state";
import { plannedSteps } from "../../readiness/report/planned";
import { linesOf } from "../decide";
import { printVerdict } from "../output";
import { realTarget } from "../real-target";
import { hasProject, readProject } from "../project";
import { stackOf } from "./check";
import type { Prepared } from "./prepare";
import { alone } from "./prepare";
import { prepareAndJudge } from "./preview";

export interface PreviewOptions {
  cwd?: string;
  stack?: string;
  offline?: boolean;
  json?: boolean;
}

/**
 * `greenlight preview`: the real engine's preview under the gate, judged. The local stack is previewed as it stands, a stack of
 * another tier against its own backend and cluster with its evidence; with `--offline`, and any other program, in a scratch stack
 * against the local control plane, without credentials.
 */
export async function preview(options: PreviewOptions): Promise<number> {
  const dir = path.resolve(options.cwd ?? root);
  if (!fs.existsSync(dir) || !hasProject(dir))
    throw fail(
      options.cwd ?? dir,
      "without a Pulumi.yaml",
      "the folder of a Pulumi project",
      undefined,
      exitCodes.usage,
    );
  const project = readProject(dir);
  const { stack, config } = stackOf(project, options.stack);
  const isOwn = dir === root && !options.offline;
  const real = isOwn && stack !== "local" ? realTarget(project, stack) : undefined;
  return alone(async ended => {
    const prepared: Prepared = { toolchain: {}, env: {}, recovered: ended };
    const where = real ?? (isOwn ? {} : { scratchConfig: config });
    const judged = await prepareAndJudge(prepared, { project, stack, ...where }, options.json);
    const putRight = prepared.recovered.map(line => `put right: ${line}`);
    const planned = path.join(path.dirname(judged.report), "planned.md");
    const relative = (file: string) => path.relative(process.cwd(), file);
    const lines = [
      ...putRight,
      ...(judged.decision ? linesOf(judged.decision) : []),
      `would do ${plannedSteps(judged.run.steps).length} steps; one by one, charts with their values: ${relative(planned)}`,
      `report: ${relative(judged.report)}`,
    ];
    const isFree = judged.verdict.verdict === "GO" || judged.verdict.verdict === "CONDITIONAL";
    const onwards = real ? `\`greenlight sign --stack ${stack} --key FILE\`` : "`greenlight up`";
    const next = isFree ? onwards : "correct what is named above and preview again";
    return printVerdict(judged.verdict, { json: options.json, lines, next });
  });
}
