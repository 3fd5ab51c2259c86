import * as fs from "node:fs";
import * as path from "node:path";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { root } from "../../local/state";
import { plannedSteps } from "../../readiness/report/planned";
import { printVerdict } from "../output";
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
 * `greenlight preview`: the real engine's preview under the gate, judged. The local stack is previewed as it stands;
 * anything else offline, in a scratch stack against the local control plane, without credentials.
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
  const isLocal = dir === root && stack === "local" && !options.offline;
  return alone(async ended => {
    const prepared: Prepared = { toolchain: {}, env: {}, recovered: ended };
    const scratch = isLocal ? {} : { scratchConfig: config };
    const judged = await prepareAndJudge(prepared, { project, stack, ...scratch }, options.json);
    const putRight = prepared.recovered.map(line => `put right: ${line}`);
    const planned = path.join(path.dirname(judged.report), "planned.md");
    const relative = (file: string) => path.relative(process.cwd(), file);
    const lines = [
      ...putRight,
      `would do ${plannedSteps(judged.run.steps).length} steps; one by one, charts with their values: ${relative(planned)}`,
      `report: ${relative(judged.report)}`,
    ];
    const next = judged.verdict.verdict === "GO" ? "`greenlight up`" : "correct what is named above and preview again";
    return printVerdict(judged.verdict, { json: options.json, lines, next });
  });
}
