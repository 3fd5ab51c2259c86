import { benchCheck } from "../../bench/check";
import { benchCourt } from "../../bench/court";
import { benchGate } from "../../bench/gate";
import { benchPack } from "../../bench/pack";
import { benchProvider } from "../../bench/provider";
import { benchScan } from "../../bench/scan";
import { benchStacks } from "../../bench/stacks";
import { benchVerdict } from "../../bench/verdict";

const all = {
  check: benchCheck,
  court: benchCourt,
  scan: benchScan,
  verdict: benchVerdict,
  gate: benchGate,
  pack: benchPack,
  stacks: benchStacks,
  provider: benchProvider,
};

/** `npm run bench`: what checking, the gate, whole stacks and the provider cost, as ratios in one run. `-- stacks` runs one alone. */
async function main(): Promise<void> {
  const asked = process.argv[2];
  for (const [name, bench] of Object.entries(all)) if (asked === undefined || asked === name) await bench();
}

void main();
