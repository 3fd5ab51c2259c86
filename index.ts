import { buildPlatform } from "./components/platform";
import { guard } from "./policies/guard";
import { loadStack } from "./stacks/load";

/** The program: prove that the gate is in force, read the stack, build, export. */
export = async () => {
  await guard();
  return { endpoints: buildPlatform(loadStack()) };
};
