import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as net from "node:net";
import { isAlive, killAndWait } from "../../local/process";

describe("killing what stands in the way", function () {
  this.timeout(30_000);

  it("waits until the killed are gone: their port is free for a successor at once", async () => {
    const listens =
      "require('net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port) })";
    // Ten times, because the moment between a kill and its end is short.
    for (let round = 0; round < 10; round++) {
      const child = spawn(process.execPath, ["-e", listens], { stdio: ["ignore", "pipe", "inherit"] });
      const port = await new Promise<number>(resolve =>
        child.stdout.once("data", (data: Buffer) => resolve(Number(data.toString()))),
      );
      await killAndWait([child.pid!]);
      assert.equal(isAlive(child.pid!), false);
      await new Promise<void>((resolve, reject) => {
        const server = net.createServer().once("error", reject);
        server.listen(port, "127.0.0.1", () => server.close(() => resolve()));
      });
    }
  });

  it("bears that one of them is gone already", () => killAndWait([2 ** 22 - 1]));
});
