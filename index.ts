import { buildPlatform } from "./components/platform";
import { guard } from "./policies/guard";
import { loadStack } from "./stacks/load";

/** The program: prove that the gate is in force, read the stack, build, export. */
export = async () => {
  const { admission } = await guard();
  const config = loadStack();
  // Read only when asked for: the AWS package takes a second that no other stack should wait.
  if (config.layer === "base") return (await import("./components/cluster/base.js")).buildBase(config);
  if (config.base) await (await import("./components/cluster/same-cluster.js")).sameCluster(config.base);
  return { endpoints: buildPlatform({ ...config, admission }) };
};
