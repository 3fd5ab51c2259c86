import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { checkpointFile } from "../../local/recovery";
import type { Place } from "../support/kills";
import { convergesAfter, startUp } from "../support/kills";
import { copyOfCheckout, greenlight, ownFolders } from "../support/local-stack";

/**
 * What a full disk leaves of the engine's state file: half of it, and beside it the copy of some moments before. (The
 * engine itself was seen to do so on a disk that was full for real; it takes minutes to give up there.)
 */
describe("a state file that was cut off", function () {
  this.timeout(300_000);
  let place: Place;
  before(() => {
    const copy = copyOfCheckout("medium");
    place = { copy, dir: path.dirname(copy) };
  });
  after(async () => {
    const down = await greenlight(["down", "--json"], ownFolders(place.dir), place.copy);
    assert.equal(down.code, 0, down.stderr);
    fs.rmSync(place.dir, { recursive: true, force: true });
  });

  it("is put back from its copy, what was made since is imported, and the next up converges", async () => {
    const file = checkpointFile(path.join(place.dir, "state", "backend"), "greenlight", "local");
    const child = startUp(place);
    const closed = new Promise<number | null>(resolve => child.once("close", resolve));
    let copy = "";
    while (child.exitCode === null && copy.split('"urn"').length < 40) {
      copy = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
      await new Promise(resolve => setTimeout(resolve, 2));
    }
    assert.equal(await closed, 0);
    const whole = fs.readFileSync(file, "utf8");
    assert.ok(copy.length < whole.length, "the copy is of an earlier moment");
    fs.writeFileSync(file, whole.slice(0, whole.length / 2));
    fs.writeFileSync(`${file}.bak`, copy);
    await convergesAfter(place, /the state file was cut off: put back the engine's copy/);
    assert.equal(fs.readFileSync(`${file}.broken`, "utf8"), whole.slice(0, whole.length / 2));
  });

  // As a kill of the engine between two of its writes leaves it: seen once in twenty kills at 25 resources.
  it("is read again when only the note beside it was cut off", async () => {
    const file = checkpointFile(path.join(place.dir, "state", "backend"), "greenlight", "local");
    fs.truncateSync(`${file}.attrs`);
    await convergesAfter(place, /the note beside local.json was cut off: removed/);
  });
});
