import * as fs from "node:fs";
import * as path from "node:path";
import type { Room } from "../drill";
import type { Scenario } from "./scenarios";

/** What k6 exports of a stretch: numbers by metric. */
export interface Summary {
  metrics: Record<string, Record<string, number> | undefined>;
}

/**
 * Runs one stretch of load by k6 and gives its summary; one without a number where the drill makes no load on purpose.
 * @param name of its files in the drill's folder
 * @param env besides the drill's own
 */
export async function runK6(
  room: Room,
  name: string,
  scenario: Scenario,
  script: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Summary> {
  const at = (extension: string) => path.join(room.dir, `${name}${extension}`);
  fs.writeFileSync(at(".js"), script);
  if (room.sabotage === "no fault") return { metrics: {} };
  const args = ["run", "--quiet", "--no-usage-report", "--no-color", "--summary-export", at(".json"), "--address", ""];
  const { code, stderr } = await room.servers.run(path.join(room.programs.k6, "k6"), [...args, at(".js")], {
    env,
    timeoutMs: (scenario.seconds + 60) * 1_000,
  });
  if (fs.existsSync(at(".json"))) return JSON.parse(fs.readFileSync(at(".json"), "utf8")) as Summary;
  throw new Error(`k6 ended with ${code} and no summary: ${stderr.trim().slice(-300)}`);
}
