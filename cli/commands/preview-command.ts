import * as fs from "node:fs";
import * as path from "node:path";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { root } from "../../local/state";
import { printVerdict } from "../output";
import { runSteps } from "../progress";
import { hasProject, readProject } from "../project";
import { stackOf } from "./check";
import type { Prepared } from "./prepare";
import { alone, prepareSteps } from "./prepare";
import type { Judged } from "./preview";
import { previewAndJudge } from "./preview";

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
  return alone(async () => {
    const prepared: Prepared = { toolchain: {}, env: {} };
    let judged!: Judged;
    await runSteps(
      [
        ...prepareSteps(prepared, { project, stack, ...(isLocal ? {} : { scratchConfig: config }) }),
        {
          title: isLocal ? "Preview under the gate" : "Preview under the gate, offline",
          run: async say => {
            judged = await previewAndJudge(project, stack, prepared, say);
            return judged.verdict.verdict;
          },
        },
      ],
      options.json,
    );
    const lines = [`report: ${path.relative(process.cwd(), judged.report)}`];
    const next = judged.verdict.verdict === "GO" ? "`greenlight up`" : "correct what is named above and preview again";
    return printVerdict(judged.verdict, { json: options.json, lines, next });
  });
}
