import * as fs from "node:fs";
import type { Runner } from "mocha";
import Mocha from "mocha";

/**
 * mocha's own report, and the plain closing line that CI reads; where several processes share the work, each leaves its
 * tally in a file (GREENLIGHT_TALLY) and whoever started them writes the line.
 */
class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.once("end", () => {
      const { passes: passed = 0, failures: failed = 0, pending: skipped = 0 } = runner.stats ?? {};
      const file = process.env.GREENLIGHT_TALLY;
      if (file) fs.writeFileSync(file, JSON.stringify({ passed, failed, skipped }));
      else console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
    });
  }
}

export = Reporter;
