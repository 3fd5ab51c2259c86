import { localStack } from "../support/local-stack";
import { agree } from "../support/parity";

describe("check and preview of the stacks with charts", function () {
  this.timeout(180_000);
  before(async function () {
    this.timeout(45 * 60_000);
    await localStack();
  });

  for (const stack of ["staging", "staging-base", "production"])
    it(`agree rule by rule on stack ${stack}`, () => agree(["--stack", stack], ["--stack", stack, "--offline"]));
});
