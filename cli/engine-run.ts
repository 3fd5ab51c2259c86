import * as fs from "node:fs";
import * as path from "node:path";
import type { Planned } from "../readiness/report/planned";
import { compiled } from "../local/state";
import { preloading, run, waiterVariable } from "../local/process";

/** What one run of the engine came to. */
export interface EngineRun {
  code: number;
  /** Resources by what was done with them: `create`, `update`, `same`, `delete`, `replace`. */
  changes: Record<string, number>;
  /** What it did, or would do, one by one. */
  steps: Planned[];
  /** The engine's own output, for when something failed. */
  output: string;
}

interface EngineEvent {
  summaryEvent?: { resourceChanges?: Record<string, number> };
  resourcePreEvent?: {
    metadata?: {
      op?: string;
      urn?: string;
      type?: string;
      new?: { inputs?: Record<string, unknown> } | null;
      old?: { inputs?: Record<string, unknown> } | null;
    };
  };
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
  const stuck = new AbortController();
  const watch = setInterval(() => {
    if (!isStuck(log)) return;
    lines.push(`A plugin of the engine died and the engine waited for it for ${stuckMs / 1000} s; it was ended.`);
    stuck.abort();
  }, 3_000);
  const { code } = await run("pulumi", [...args, "--non-interactive", "--color", "never"], {
    cwd: options.cwd,
    env: {
      ...options.env,
      NODE_OPTIONS: preloading(compiled("local/plain-errors.js"), compiled("local/quick-promises.js")),
      PULUMI_DEBUG_COMMANDS: "true",
      PULUMI_OPTION_EVENT_LOG: log,
      [waiterVariable]: String(process.pid),
    },
    signal: options.signal,
    kill: stuck.signal,
    onLine: line => {
      lines.push(line);
      const step = /^ *[+~-]+ +(\S+) (\S+) (\S+)/.exec(line);
      if (step) options.say?.(`${step[2]} ${step[3]}`);
    },
  });
  clearInterval(watch);
  fs.writeFileSync(path.join(options.logDir, `${args[0]}.log`), `${lines.join("\n")}\n`);
  const events = readEvents(log);
  return { code, changes: changesIn(events), steps: stepsIn(events), output: lines.join("\n") };
}

/** How long the engine may be silent after one of its plugins died, in milliseconds. */
const stuckMs = 30_000;

/** True when the engine reported a plugin's death and has been silent for long: it would be so for ever. */
function isStuck(log: string): boolean {
  const stat = fs.statSync(log, { throwIfNoEntry: false });
  if (!stat || Date.now() - stat.mtimeMs < stuckMs) return false;
  const said = fs.readFileSync(log, "utf8");
  return /error reading from server: EOF|Error while dialing|exited prematurely/.test(said);
}

function readEvents(log: string): EngineEvent[] {
  if (!fs.existsSync(log)) return [];
  return fs
    .readFileSync(log, "utf8")
    .split("\n")
    .flatMap(text => {
      try {
        return [JSON.parse(text) as EngineEvent];
      } catch {
        // The last line may be cut off when the engine was ended.
        return [];
      }
    });
}

const changesIn = (events: EngineEvent[]): Record<string, number> =>
  events.findLast(event => event.summaryEvent?.resourceChanges)?.summaryEvent?.resourceChanges ?? {};

const stepsIn = (events: EngineEvent[]): Planned[] =>
  events.flatMap(({ resourcePreEvent }) => {
    // What is taken away has no new inputs; its name is in the old ones.
    const { op, urn, type, new: made, old } = resourcePreEvent?.metadata ?? {};
    return op && urn && type ? [{ op, urn, type, inputs: made?.inputs ?? old?.inputs ?? {} }] : [];
  });

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
