import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../local/state";
import { localStack, shellEnv, temporary } from "../test/support/local-stack";

/** A Pulumi project of one program in a folder of its own, and the environment in which plain pulumi runs it on a local stack. */
export async function benchProject(program: string): Promise<{ dir: string; env: NodeJS.ProcessEnv }> {
  const { up } = await localStack();
  if (up.code !== 0) throw new Error(up.stderr);
  const dir = temporary();
  const base = { ...(await shellEnv()), PULUMI_STACK: undefined, PULUMI_BACKEND_URL: `file://${dir}` };
  fs.writeFileSync(
    path.join(dir, "Pulumi.yaml"),
    "name: bench\nruntime: {name: nodejs, options: {typescript: false}}\n",
  );
  fs.writeFileSync(path.join(dir, "package.json"), '{"name":"bench","main":"index.js"}');
  fs.writeFileSync(path.join(dir, "index.js"), program);
  fs.symlinkSync(path.join(root, "node_modules"), path.join(dir, "node_modules"));
  const env = Object.fromEntries(Object.entries(base).filter(([name]) => !name.startsWith("PULUMI_OPTION_")));
  return { dir, env };
}
