import fc from "fast-check";
import { stopLocalStack } from "./local-stack";

/** The seed of every property test; the same in every run unless SEED says otherwise. */
const seed = Number(process.env.SEED ?? 20261122);
fc.configureGlobal({ seed });
console.log(`property tests: seed ${seed}`);

export const mochaHooks = {
  async afterAll(this: Mocha.Context): Promise<void> {
    this.timeout(120_000);
    await stopLocalStack();
  },
};
