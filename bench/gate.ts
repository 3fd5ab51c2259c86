import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../local/process";
import { root } from "../local/state";
import { stopLocalStack } from "../test/support/local-stack";
import { idlePack } from "./pack";
import { benchProject } from "./project";

/**
 * What the gate adds to a preview: a program of 1,000 resources (the web service of examples/good, again and again) previewed by the
 * real engine without a pack, with one that looks at nothing, and with ours, turn about in one run. The second is what the
 * engine and the policy SDK take for any pack at all.
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
    const packs = {
      "without a pack": [],
      "an empty pack": ["--policy-pack", idlePack(path.join(dir, "idle"))],
      "the gate": ["--policy-pack", path.join(root, "policies")],
    };
    const times = new Map(Object.keys(packs).map(name => [name, [] as number[]]));
    for (let round = 0; round < rounds; round++)
      for (const [name, pack] of Object.entries(packs)) {
        const started = performance.now();
        const done = await pulumi("preview", "--stack", "gate", ...pack);
        times.get(name)!.push((performance.now() - started) / 1_000);
        if (!done.stdout.includes(`${resources + 1} to create`))
          throw new Error(done.stdout.slice(-2_000) + done.stderr);
      }
    fs.rmSync(dir, { recursive: true, force: true });
    console.log(`\nThe gate on a preview of ${resources} resources, min / median / max of ${rounds}`);
    const middle = Math.floor(rounds / 2);
    for (const [name, list] of times) {
      list.sort((a, b) => a - b);
      console.log(
        `${name.padEnd(15)} ${list[0]!.toFixed(1)} / ${list[middle]!.toFixed(1)} / ${list.at(-1)!.toFixed(1)} s`,
      );
    }
    const [without, empty, gate] = [...times.values()].map(list => list[middle]!);
    const more = (than: number, one: number) => `${((one / than - 1) * 100).toFixed(0)} %`;
    console.log(
      `an empty pack adds ${more(without!, empty!)}, the gate ${more(without!, gate!)}: ${more(empty!, gate!)} over the empty one`,
    );
  } finally {
    await stopLocalStack();
  }
}
