import { benchPack } from "../../bench/pack";
import { benchProvider } from "../../bench/provider";

/** `npm run bench`: what the gate and the provider cost, as ratios in one run. `-- provider` runs the second alone. */
async function main(): Promise<void> {
  if (process.argv[2] !== "provider") await benchPack();
  await benchProvider();
}

void main();
