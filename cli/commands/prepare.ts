import * as fs from "node:fs";
import * as path from "node:path";
import { lock } from "proper-lockfile";
import { startControlPlane } from "../../local/control-plane";
import type { ProviderName } from "../../local/environment";
import {
  ensureScratchStack,
  ensureStack,
  localEnv,
  officialProvider,
  policiesDir,
  realEnv,
} from "../../local/environment";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { evidenceDir, stackDir } from "../../policies/engine/evidence-file";
import { clearDeadLocks, mendCheckpoint, recover } from "../../local/recovery";
import { stateFiles } from "../../local/state";
import { endOrphans, run } from "../../local/process";
import type { Ready } from "../../local/toolchain/ensure";
import { ensurePart, partNamed } from "../../local/toolchain/ensure";
import type { PartName } from "../../local/toolchain/pins";
import { parts } from "../../local/toolchain/pins";
import type { Project } from "../project";
import type { Step } from "../progress";

/** What has been made ready for a run on this machine. */
export interface Prepared {
  toolchain: Partial<Record<PartName, Ready>>;
  /** Where the official Kubernetes provider came from, or undefined where the stand-in serves. */
  provider?: string;
  env: NodeJS.ProcessEnv;
  /** The config file of a scratch stack. */
  configFile?: string;
  server?: string;
  /** What an earlier run that was killed left, and was put right. */
  recovered: string[];
}

export interface PrepareOptions {
  project: Project;
  stack: string;
  /** Preview only, with this config, in a backend that nothing else uses. */
  scratchConfig?: Record<string, unknown>;
  port?: number;
  /** The stack's own backend and cluster, as the user's environment names them, with these official providers. */
  real?: readonly ProviderName[];
  /** Variables of a run against a real target that stand whatever the user's environment says. */
  env?: NodeJS.ProcessEnv;
}

/** The steps that make toolchain, stack and control plane ready; they fill in `prepared`. */
export function prepareSteps(prepared: Prepared, options: PrepareOptions): Step[] {
  return options.real ? realSteps(prepared, options, options.real) : localSteps(prepared, options);
}

function localSteps(prepared: Prepared, options: PrepareOptions): Step[] {
  return [
    {
      title: "Toolchain",
      run: async () => {},
      group: parts.map(part => ({
        title: `${part.name} ${part.version}, ${part.purpose}`,
        run: async say => {
          const ready = await ensurePart(part, say);
          prepared.toolchain[part.name as PartName] = ready;
          // Nothing but the engine is needed to make the stack; the control plane may still be being built.
          if (part.name === "pulumi") await prepareStack(prepared, options, ready.dir);
          return ready.source;
        },
      })),
    },
    {
      title: "Control plane",
      run: async say => {
        const dir = (name: PartName) => prepared.toolchain[name]!.dir;
        const made = await startControlPlane(
          { etcd: dir("etcd"), kwok: dir("kwok"), kubernetes: dir("kubernetes"), crds: dir("crds") },
          say,
          options.port,
        );
        prepared.server = made.server;
        prepared.env.PATH = [prepared.env.PATH, dir("kubernetes")].join(path.delimiter);
        return `${made.found ? "running" : "started"} at ${made.server}, three nodes in three zones`;
      },
    },
    ...(options.scratchConfig ? [] : [recoveryStep(prepared, options)]),
  ];
}

/** What a run against a real target needs: the engine, the stack where its state is kept, the official providers. */
function realSteps(
  prepared: Prepared,
  { project, stack, env }: PrepareOptions,
  providers: readonly ProviderName[],
): Step[] {
  return [
    {
      title: "Engine",
      run: async say => {
        const ready = await ensurePart(partNamed("pulumi"), say);
        prepared.toolchain.pulumi = ready;
        Object.assign(prepared.env, withoutOptions(process.env), realEnv(ready.dir), env);
        return `pulumi ${ready.version} (${ready.source})`;
      },
    },
    {
      title: "Providers",
      run: async () => {
        const found: string[] = [];
        for (const provider of providers) {
          const place = await officialProvider(prepared.toolchain.pulumi!.dir, provider, false);
          if (place) found.push(`${provider}: official, from ${place}`);
          else
            throw fail(
              `the official ${provider} provider`,
              "on no PATH, in no plugin cache, and its maker does not answer",
              "it: what stands in for it here deploys to the local stack only",
              "Nothing was done. `--offline` previews without it.",
              exitCodes.INCONCLUSIVE,
            );
        }
        return (prepared.provider = found.join("; "));
      },
    },
    {
      title: "Stack",
      run: async () => {
        // Making one would write its salt into the stack's file: what was signed for would be another.
        const asked = await run("pulumi", ["stack", "--stack", stack, "--show-name", "--non-interactive"], {
          cwd: project.dir,
          env: prepared.env,
        });
        if (asked.code === 0) return "in its backend";
        throw fail(
          `stack ${stack}`,
          `not to be had from its backend (${asked.stderr.trim().split("\n").at(-1)})`,
          "a stack that is there",
          `\`pulumi login\` chooses the backend, \`pulumi stack init ${stack}\` makes the stack; commit the file it changes.`,
          exitCodes.usage,
        );
      },
    },
  ];
}

/** Puts right what a killed run left, before anything is previewed. */
const recoveryStep = (prepared: Prepared, { project, stack }: PrepareOptions): Step => ({
  title: "State",
  run: async () => {
    const { dir, name } = project;
    prepared.recovered.push(
      ...(await recover({ dir, project: name, stack, env: prepared.env, plan: planFile(stack) })),
    );
    return prepared.recovered.join("; ") || "nothing left by an earlier run";
  },
});

/** Where the plan of a stack's last judged preview lies; an update is held to it. */
export const planFile = (stack: string): string => path.join(stackDir(evidenceDir(policiesDir), stack), "plan.json");

async function prepareStack(
  prepared: Prepared,
  { project, stack, scratchConfig }: PrepareOptions,
  pulumi: string,
): Promise<void> {
  // Offline, the local cluster only lends its schemas; the stand-in knows that, the official provider would not.
  prepared.provider = scratchConfig ? undefined : await officialProvider(pulumi);
  const scratch = scratchConfig && path.join(stateFiles().dir, "scratch", `${project.name}-${stack}`);
  Object.assign(prepared.env, withoutOptions(process.env), localEnv({ pulumi, standIn: !prepared.provider, scratch }));
  if (scratch)
    prepared.configFile = await ensureScratchStack(scratch, project.name, stack, scratchConfig, prepared.env);
  else {
    const { backend } = stateFiles();
    prepared.recovered.push(...clearDeadLocks(backend), ...mendCheckpoint(backend, project.name, stack));
    await ensureStack(project.dir, stack, prepared.env);
  }
}

/** The user's environment without flags for the engine: a PULUMI_OPTION_TARGET in it must not narrow what is judged. */
const withoutOptions = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("PULUMI_OPTION_")));

/** Runs work while no other greenlight of this checkout changes the local stack; tells it which left-overs were ended. */
export async function alone<T>(work: (ended: string[]) => Promise<T>): Promise<T> {
  const { dir } = stateFiles();
  fs.mkdirSync(dir, { recursive: true });
  for (let told = false; ; told = true) {
    let release: (() => Promise<void>) | undefined;
    try {
      release = await lock(dir, { lockfilePath: stateFiles().lock, stale: 15_000, update: 3_000 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
      if (!told) console.error("another greenlight is at work on the local stack; waiting for it");
      await new Promise(resolve => setTimeout(resolve, 500));
      continue;
    }
    try {
      return await work(await endOrphans(dir));
    } finally {
      // `down` removes the folder, lock and all.
      await release().catch(() => undefined);
    }
  }
}

/** The toolchain's parts that are ready without making anything; for commands that must not build. */
export async function readyPart(name: PartName): Promise<Ready | undefined> {
  try {
    return await ensurePart(partNamed(name), () => undefined);
  } catch {
    return undefined;
  }
}
