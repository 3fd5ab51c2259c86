import { localEnv, officialProvider } from "../../local/environment";
import { status } from "../../local/control-plane";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { readyPart } from "./prepare";
import { printJson } from "../output";

/** `greenlight env`: the shell lines under which plain pulumi and kubectl work on the local stack, gated. */
export async function env(options: { json?: boolean }): Promise<number> {
  if ((await status()) !== "answers")
    throw fail(
      "the local control plane",
      "not running",
      "one that is",
      "Run `npm run up` first.",
      exitCodes.engineFailed,
    );
  const [pulumi, kubernetes] = [await readyPart("pulumi"), await readyPart("kubernetes")];
  if (!pulumi || !kubernetes)
    throw fail("the toolchain", "incomplete", "all of it", "Run `npm run up` first.", exitCodes.engineFailed);
  const values = localEnv({ pulumi: pulumi.dir, standIn: !(await officialProvider(pulumi.dir)) });
  const all = { ...values, PATH: `${kubernetes.dir}:${values.PATH}`, PULUMI_STACK: "local" };
  if (options.json) printJson(all);
  else for (const [name, value] of Object.entries(all)) console.log(`export ${name}=${quote(value)}`);
  return 0;
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
