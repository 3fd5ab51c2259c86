import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../../local/process";
import { convergesAfter } from "../support/kills";
import { greenlight, ownFolders, temporary } from "../support/local-stack";

/** Less than the state of the whole platform and its copy take, and more than most of it. */
const room = "420k";

describe("a full disk", function () {
  this.timeout(45 * 60_000);
  let dir: string;
  let backend: string;
  before(async function () {
    dir = temporary();
    backend = path.join(dir, "state", "backend");
    fs.mkdirSync(backend, { recursive: true });
    // A disk of its own, small enough to be full in the middle; only root may make one.
    const mounted = await run("mount", ["-t", "tmpfs", "-o", `size=${room}`, "tmpfs", backend]).catch(() => ({
      code: 1,
    }));
    if (mounted.code !== 0) this.skip();
  });
  after(async () => {
    await run("umount", [backend]).catch(() => undefined);
    const down = await greenlight(["down", "--json"], ownFolders(dir));
    assert.equal(down.code, 0, down.stderr);
    fs.rmSync(dir, { recursive: true, force: true });
  });

  it("ends the up with the reason, and loses nothing: with room again the next one converges", async () => {
    const full = await greenlight(["up", "--json"], ownFolders(dir));
    assert.equal(full.code, 50, full.stderr);
    assert.match(full.stderr, /no space left on device/);
    assert.equal((await run("mount", ["-o", "remount,size=64m", backend])).code, 0);
    await convergesAfter(dir);
  });
});
