import * as fs from "node:fs";
import * as path from "node:path";
import { capture } from "../../local/process";
import { root } from "../../local/state";

export const gitIn = (dir: string, ...args: string[]): Promise<string> =>
  capture("git", ["-c", "user.name=T", "-c", "user.email=t@example.com", ...args], { cwd: dir });

/** A clone with the tree as it is now, compiled and committed: what is signed for is a commit. */
export async function committedCheckout(checkout: string): Promise<void> {
  await capture("git", ["clone", "--quiet", root, checkout]);
  // Package by package: what would be emptied in here stays whole where it is.
  fs.mkdirSync(path.join(checkout, "node_modules"));
  for (const name of fs.readdirSync(path.join(root, "node_modules")))
    fs.symlinkSync(path.join(root, "node_modules", name), path.join(checkout, "node_modules", name));
  fs.cpSync(path.join(root, "bin"), path.join(checkout, "bin"), { recursive: true });
  fs.cpSync(path.join(root, "policies", "bin"), path.join(checkout, "policies", "bin"), { recursive: true });
  const listed = await capture("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
  for (const name of listed.split("\0").filter(one => one && fs.existsSync(path.join(root, one)))) {
    fs.mkdirSync(path.dirname(path.join(checkout, name)), { recursive: true });
    fs.copyFileSync(path.join(root, name), path.join(checkout, name));
  }
  await gitIn(checkout, "add", "-A");
  await gitIn(checkout, "commit", "--quiet", "--allow-empty", "-m", "as it is");
}
