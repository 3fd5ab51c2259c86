import { fail, UserError } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { unknownSentinels } from "../../model/unknown";
import { compiled } from "../../local/state";
import { gateEnv, isEncrypted } from "../../local/environment";
import { preloading, run } from "../../local/process";
import type { Project } from "../project";
import type { Registered } from "./engine";
import { startEngine } from "./engine";

/** How long a program may take to register everything, in milliseconds. */
const programMs = 120_000;

/**
 * Runs a project's program as a preview would, in a process of its own, and gives what it registered.
 * @param config the stack's config, `project:key` to value, as the stack file has it
 * @param room a folder of this run's own, where the program's guard leaves its challenge
 */
export async function runProgram(
  project: Project,
  stack: string,
  config: Record<string, unknown>,
  room: string,
  onResource: (urn: string, type: string, inputs: unknown) => void,
): Promise<Registered[]> {
  const engine = await startEngine(project.name, stack, onResource);
  try {
    const { code, stderr } = await run(
      process.execPath,
      [
        require.resolve("@pulumi/pulumi/cmd/run"),
        ...["--monitor", engine.address, "--engine", engine.address, "--project", project.name, "--stack", stack],
        ...[
          "--organization",
          "organization",
          "--root-directory",
          project.dir,
          "--pwd",
          project.dir,
          "--parallel",
          "16",
          "--dry-run",
        ],
        project.program,
      ],
      { cwd: project.dir, timeoutMs: programMs, env: { ...programEnv(config), GREENLIGHT_EVIDENCE: room } },
    );
    const errors = engine.messages.filter(message => message.severity === "error").map(message => message.text.trim());
    if (code === 0 && errors.length === 0) return engine.resources;
    // The SDK leaves with 32 after it has logged its error; what stands on stderr is then only an echo.
    const said = errors.length > 0 ? errors : [stderr.trim().split("\n").slice(-15).join("\n")];
    if (code === 137 || code === 128)
      throw fail(
        `the program in ${project.dir}`,
        `not done after ${programMs / 1000} s`,
        "a program that ends",
        undefined,
        exitCodes.engineFailed,
      );
    throw new UserError(
      [
        {
          where: `the program in ${project.dir}`,
          found: "failing",
          needed: "a program that runs",
          fix: `It said:\n${said.join("\n")}`,
        },
      ],
      exitCodes.engineFailed,
    );
  } finally {
    engine.stop();
  }
}

/** The program's environment as the language host would make it. TypeScript is compiled on the fly, types unchecked. */
function programEnv(config: Record<string, unknown>): NodeJS.ProcessEnv {
  const entries = Object.entries(config).map(([key, value]) => [key, configText(value)] as const);
  const secret = Object.entries(config)
    .filter(([, value]) => isEncrypted(value))
    .map(([key]) => key);
  return {
    ...process.env,
    // The program's own guard asks for the gate's environment, and is answered by the in-process rules.
    ...gateEnv(),
    NODE_OPTIONS: preloading(
      compiled("local/plain-errors.js"),
      compiled("local/quick-promises.js"),
      compiled("cli/in-process/preload.js"),
    ),
    PULUMI_NODEJS_TYPESCRIPT: "false",
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(entries)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secret),
    PULUMI_ERROR_OUTPUT_FORMAT: undefined,
  };
}

/** A config value as the engine hands it over. One that is encrypted is not known here, and stays so in the rules. */
const configText = (value: unknown): string =>
  isEncrypted(value) ? unknownSentinels.string : typeof value === "object" ? JSON.stringify(value) : String(value);
