import { localStack } from "../support/local-stack";
import { agree } from "../support/parity";

describe("check and preview of the stacks in the cloud", function () {
  this.timeout(180_000);
  before(async function () {
    this.timeout(45 * 60_000);
    await localStack();
  });

  for (const stack of ["staging", "staging-base", "production", "production-base"])
    it(`agree rule by rule on stack ${stack}`, () => agree(["--stack", stack], ["--stack", stack, "--offline"]));
});
