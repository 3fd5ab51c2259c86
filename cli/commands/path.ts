import { exitCodes } from "../../model/outcome";
import { pathBy } from "../../readiness/decision";
import { printJson } from "../output";
import type { ReportOptions } from "./report";
import { decide } from "../decide";

export interface PathOptions extends ReportOptions {
  seed?: number;
}

/** `greenlight path`: what has to be repaired for GO, in which order, by whom, and when it is likely to be over. */
export async function showPath(options: PathOptions): Promise<number> {
  const decision = await decide(options);
  const { verdict, blockers } = decision;
  const path = pathBy(decision, options.seed);
  const code = exitCodes[verdict.verdict];
  if (options.json) {
    printJson({
      schema: "greenlight.path/1",
      stack: verdict.stack,
      verdict: verdict.verdict,
      at: verdict.at,
      ...path,
      blockers,
    });
    return code;
  }
  if (blockers.length === 0) {
    console.log(`${verdict.verdict}  ${verdict.stack}  nothing blocks\nnext: \`greenlight report\``);
    return code;
  }
  const from = Date.parse(verdict.at!);
  const clock = (hours: number) => new Date(from + hours * 3_600_000).toISOString().slice(0, 16).replace("T", " ");
  console.log(
    `${verdict.verdict}  ${verdict.stack}  through by ${clock(path.p50)} UTC P50, ${clock(path.p90)} P90; ${path.least} h at best, ${path.most} h at worst`,
  );
  for (const { id, start, end } of path.slots) {
    const one = blockers.find(other => other.id === id)!;
    const mark = path.critical.includes(id) ? "*" : " ";
    const after = one.dependsOn.length > 0 ? `  after ${one.dependsOn.join(", ")}` : "";
    const [begins, ends] = [clock(start), clock(end)];
    const until = ends.slice(0, 10) === begins.slice(0, 10) ? ends.slice(11) : ends;
    console.log(`${mark} ${id} ${one.priority} ${begins} – ${until}  ${one.owner ?? "nobody!"}  ${one.title}${after}`);
  }
  console.log(
    `* the critical path. All of these have to go: GO allows none. ${path.samples} courses sampled, seed ${path.seed}`,
  );
  console.log(`next: ${blockers[0]!.fix}`);
  return code;
}
