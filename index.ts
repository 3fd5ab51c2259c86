import { buildPlatform } from "./components/platform";
import { loadStack } from "./stacks/load";

export = async () => {
  const { system, namespaces, services } = loadStack();
  return { endpoints: buildPlatform({ system, namespaces, services }) };
};
