import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../local/process";
import { root } from "../local/state";
import { stopLocalStack } from "../test/support/local-stack";
import { benchProject } from "./project";

/**
 * What the gate adds to a preview: a program of 1,000 resources (the web service of examples/good, again and again) previewed by the
 * real engine without a pack and with ours, turn about in one run.
 */

const rounds = 5;
const resources = 1_000;

const program = `
const { CustomResource } = require("@pulumi/kubernetes/apiextensions");
const { loadAll } = require("js-yaml");
const text = require("fs").readFileSync(${JSON.stringify(path.join(root, "examples", "good", "web.yaml"))}, "utf8");
for (let n = 0, made = 0; made < ${resources}; n++)
  for (const { apiVersion, kind, ...rest } of loadAll(text.replaceAll("bookshop", "bookshop-" + n))) {
    if (made++ === ${resources}) break;
    new CustomResource([kind, rest.metadata.name, n].join("-"), { apiVersion, kind, ...rest }, { protect: true });
  }
`;

/** Prints how long a preview takes without and with the gate. */
export async function benchGate(): Promise<void> {
  try {
    const { dir, env } = await benchProject(program);
    const pulumi = (...args: string[]) => run("pulumi", [...args, "--non-interactive"], { cwd: dir, env });
    await pulumi("stack", "init", "gate");
    const gated = ["--policy-pack", path.join(root, "policies")];
    const times: Record<"without" | "with", number[]> = { without: [], with: [] };
    for (let round = 0; round < rounds; round++)
      for (const name of ["without", "with"] as const) {
        const started = performance.now();
        const done = await pulumi("preview", "--stack", "gate", ...(name === "with" ? gated : []));
        times[name].push((performance.now() - started) / 1_000);
        if (!done.stdout.includes(`${resources + 1} to create`))
          throw new Error(done.stdout.slice(-2_000) + done.stderr);
      }
    fs.rmSync(dir, { recursive: true, force: true });
    console.log(`\nThe gate on a preview of ${resources} resources, min / median / max of ${rounds}`);
    const sorted = (name: "without" | "with") => [...times[name]].sort((a, b) => a - b);
    const [without, withIt] = [sorted("without"), sorted("with")];
    const middle = Math.floor(rounds / 2);
    for (const [name, list] of [
      ["without", without],
      ["with", withIt],
    ] as const)
      console.log(
        `${name.padEnd(8)} ${list[0]!.toFixed(1)} / ${list[middle]!.toFixed(1)} / ${list.at(-1)!.toFixed(1)} s`,
      );
    console.log(`the gate adds ${((withIt[middle]! / without[middle]! - 1) * 100).toFixed(0)} %`);
  } finally {
    await stopLocalStack();
  }
}
