import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { processesOf } from "../local/process";
import { root } from "../local/state";
import type { Verdict } from "../model/verdict";
import { copyOfCheckout, greenlight, ownFolders } from "../test/support/local-stack";
import { peakOf } from "./provider";

/**
 * What previewing whole stacks costs, as they are committed and as they grow: real engine, gate, a real API server for
 * the objects' schemas. Beside it the same in-process (`greenlight check`), which does without engine and cluster.
 */

const stacks = ["local", "staging", "staging-base", "production", "production-base"];
/** Numbers of services in the stack that grows. */
const services = [1, 10, 100];

interface Row {
  what: string;
  resources: number;
  previewMs: number;
  checkMs: number;
  /** Highest resident memory of engine and program, in MiB. */
  engineMib: number;
  programMib: number;
}

export async function benchStacks(): Promise<void> {
  const copy = copyOfCheckout();
  const own = ownFolders(path.dirname(copy));
  try {
    // The control plane is started once, by a preview that does not count.
    await greenlight(["preview", "--stack", "staging-base", "--offline", "--json"], own, copy);
    const rows: Row[] = [];
    for (const stack of stacks) rows.push(await measure(stack, stack, copy, own));
    const growing: Row[] = [];
    for (const count of services) {
      grow(copy, count);
      growing.push(await measure("local", `${count} services`, copy, own));
    }
    print(rows, growing);
  } finally {
    await greenlight(["down"], own, copy);
    fs.rmSync(path.dirname(copy), { recursive: true, force: true });
  }
}

/** The local stack with so many services of one kind, and everything else as it is. */
function grow(copy: string, count: number): void {
  const file = path.join(copy, "stacks", "Pulumi.local.yaml");
  const { config, ...rest } = parse(fs.readFileSync(path.join(root, "stacks", "Pulumi.local.yaml"), "utf8")) as {
    config: Record<string, unknown>;
  };
  const [, one] = config["greenlight:services"] as Record<string, unknown>[];
  const names = Array.from({ length: count }, (_, index) => `s${index}`);
  const plain: Record<string, unknown> = { ...config };
  for (const key of ["dependencies", "workers"]) delete plain[`greenlight:${key}`];
  for (const store of ["postgres", "mongodb", "redis", "objectStore"]) {
    const { clients: _clients, ...given } = plain[`greenlight:${store}`] as Record<string, unknown>;
    plain[`greenlight:${store}`] = given;
  }
  plain["greenlight:services"] = names.map(name => ({ ...one, name, callers: undefined }));
  fs.writeFileSync(file, stringify({ config: plain, ...rest }));
}

async function measure(stack: string, what: string, copy: string, own: NodeJS.ProcessEnv): Promise<Row> {
  const peaks = { engine: 0, program: 0 };
  const timer = setInterval(() => {
    for (const { pid, line } of processesOf(own.GREENLIGHT_STATE!)) {
      const kind = /pulumi preview/.test(line) ? "engine" : /cmd\/run(?!-policy)/.test(line) ? "program" : undefined;
      if (kind) peaks[kind] = Math.max(peaks[kind], peakOf(pid));
    }
  }, 100);
  const timed = async (args: string[]) => {
    const started = performance.now();
    const { stdout, stderr } = await greenlight([...args, "--stack", stack, "--json"], own, copy);
    if (!stdout.startsWith("{")) throw new Error(stderr);
    return { ms: performance.now() - started, verdict: JSON.parse(stdout) as Verdict };
  };
  const preview = await timed(["preview", "--offline"]);
  clearInterval(timer);
  const check = await timed(["check"]);
  return {
    what,
    resources: check.verdict.basis.resources,
    previewMs: preview.ms,
    checkMs: check.ms,
    engineMib: peaks.engine,
    programMib: peaks.program,
  };
}

function print(rows: Row[], growing: Row[]): void {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`.padStart(8);
  const table = (title: string, all: Row[]) => {
    console.log(`\n${title}`);
    console.log("                 resources  preview    check  preview/check  engine   program");
    for (const { what, resources, previewMs, checkMs, engineMib, programMib } of all)
      console.log(
        `${what.padEnd(16)} ${String(resources).padStart(9)} ${seconds(previewMs)} ${seconds(checkMs)}  ${(previewMs / checkMs).toFixed(1).padStart(12)}x  ${engineMib} MiB  ${programMib} MiB`,
      );
  };
  table("Previewing the committed stacks, offline", rows);
  table("The local stack by number of services", growing);
  const [few, some, many] = growing as [Row, Row, Row];
  const slope = (from: Row, to: Row) => ((to.previewMs - from.previewMs) / (to.resources - from.resources)).toFixed(1);
  console.log(`preview: ${slope(few, some)} ms a resource from 1 to 10 services, ${slope(some, many)} from 10 to 100`);
}
