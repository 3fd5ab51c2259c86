import * as fs from "node:fs";
import * as path from "node:path";
import { preloading, run, waiterVariable } from "../local/process";

/** What one run of the engine came to. */
export interface EngineRun {
  code: number;
  /** Resources by what was done with them: `create`, `update`, `same`, `delete`, `replace`. */
  changes: Record<string, number>;
  /** The engine's own output, for when something failed. */
  output: string;
}

interface EngineEvent {
  summaryEvent?: { resourceChanges?: Record<string, number> };
  resourcePreEvent?: { metadata?: { op?: string; type?: string } };
}

/** Runs `pulumi <args>` and reads from its event log what it did. */
export async function runEngine(
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; logDir: string; say?: (text: string) => void; signal?: AbortSignal },
): Promise<EngineRun> {
  fs.mkdirSync(options.logDir, { recursive: true });
  const log = path.join(options.logDir, `events-${args[0]}.json`);
  fs.rmSync(log, { force: true });
  const lines: string[] = [];
  const { code } = await run("pulumi", [...args, "--non-interactive", "--color", "never"], {
    cwd: options.cwd,
    env: {
      ...options.env,
      NODE_OPTIONS: preloading(require.resolve("../local/plain-errors")),
      PULUMI_DEBUG_COMMANDS: "true",
      PULUMI_OPTION_EVENT_LOG: log,
      [waiterVariable]: String(process.pid),
    },
    signal: options.signal,
    onLine: line => {
      lines.push(line);
      const step = /^ *[+~-]+ +(\S+) (\S+) (\S+)/.exec(line);
      if (step) options.say?.(`${step[2]} ${step[3]}`);
    },
  });
  fs.writeFileSync(path.join(options.logDir, `${args[0]}.log`), `${lines.join("\n")}\n`);
  return { code, changes: readChanges(log), output: lines.join("\n") };
}

function readChanges(log: string): Record<string, number> {
  if (!fs.existsSync(log)) return {};
  for (const text of fs.readFileSync(log, "utf8").trim().split("\n").reverse()) {
    try {
      const event = JSON.parse(text) as EngineEvent;
      if (event.summaryEvent?.resourceChanges) return event.summaryEvent.resourceChanges;
    } catch {
      // The last line may be cut off when the engine was ended.
    }
  }
  return {};
}

/** The engine's diagnostics without its progress: what a person needs to see when it failed. */
export function diagnosticsOf(output: string): string {
  // What a policy stopped stands above the diagnostics, which then only say that something failed.
  const isStopped = output.includes("[mandatory]");
  const from = output.lastIndexOf(isStopped ? "Policies:" : "Diagnostics:");
  const lines = (from >= 0 ? output.slice(from) : output).split("\n");
  return lines
    .filter(line => line.trim() !== "" && !line.includes("using pulumi-resource-kubernetes from $PATH"))
    .slice(-40)
    .join("\n");
}
