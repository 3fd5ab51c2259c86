import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../local/state";
import { fail } from "../model/faults";
import { exitCodes } from "../model/outcome";
import { readReleases } from "../policies/releases";
import { cleanCommit } from "./commit";

/** Where the passport of a deployment is kept, by its id. */
export const passportFile = (id: string): string => path.join(root, "ledger", "passports", `${id}.json`);

/**
 * The environment of a rollback to the commit that is checked out: the passport it was deployed under before. A UserError with the
 * commit to check out where this one never was.
 */
export function passportToGoBackTo(stack: string): NodeJS.ProcessEnv {
  const releases = readReleases(path.join(root, "ledger"), stack);
  const running = releases.at(-1);
  const before = releases.findLast(one => one.commit !== running?.commit);
  const commit = cleanCommit();
  const release = releases.findLast(one => one.commit === commit);
  const fix = before
    ? `\`git checkout ${before.commit.slice(0, 12)}\` is the release before, of ${before.at}; build it, then the same command again.`
    : "There is no release before this one in the ledger of this checkout.";
  const needed = "the commit of an earlier release, with nothing changed beside it";
  if (!commit) throw fail("the checkout", "changed", needed, fix, exitCodes.usage);
  if (!release) throw fail(`commit ${commit.slice(0, 12)}`, "never deployed", needed, fix, exitCodes.usage);
  const file = passportFile(release.passport);
  if (!fs.existsSync(file))
    throw fail(file, "not there", "the passport of that release", "Name it by GREENLIGHT_PASSPORT.", exitCodes.usage);
  // Whatever else the user's environment allows: this is what is gone back by.
  return { GREENLIGHT_ROLLBACK: "1", GREENLIGHT_PASSPORT: file, GREENLIGHT_OVERRIDE: undefined };
}
