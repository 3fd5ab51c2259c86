import * as path from "node:path";
import { connect } from "../../local/kubernetes-api";
import type { KubeObject } from "../../local/kubernetes-api";
import { zones } from "../../local/bootstrap";
import { root, stateFiles } from "../../local/state";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import { evidenceDir, stackDir } from "../../policies/engine/evidence-file";
import { policiesDir } from "../../local/environment";
import { ownConfig, readStackFile } from "../../stacks/files";
import { complete } from "../../stacks/complete";
import { runEngine } from "../engine-run";
import { printJson, printVerdict } from "../output";
import { runSteps } from "../progress";
import type { Project } from "../project";
import { readProject } from "../project";
import { alone } from "./prepare";
import type { Prepared } from "./prepare";
import { engineFault, prepareAndJudge } from "./preview";
import { upReal } from "./up-real";

export interface UpOptions {
  stack: string;
  json?: boolean;
  port?: number;
  /** The stack's evidence; otherwise evidence/<stack>/gathered. */
  evidence?: string;
  /** Go back to an earlier release, whose commit is checked out, by the passport it had. */
  rollback?: boolean;
}

/** `greenlight up`: makes everything ready, previews under the gate, judges, and deploys what is GO. */
export async function up(options: UpOptions): Promise<number> {
  const project = readProject(root);
  const { config } = readStackFile(project.stackDir, options.stack);
  const { tier } = complete(ownConfig(config, project.name), options.stack, project.stackDir, project.name);
  if (tier === "local" && options.rollback)
    throw fail("--rollback", "for tier local", "a stack that is released by passports", undefined, exitCodes.usage);
  if (tier !== "local") return alone(() => upReal(project, options, { tier, config }));
  return alone(ended => deploy(project, options, ended));
}

async function deploy(project: Project, options: UpOptions, ended: string[]): Promise<number> {
  const { stack, json } = options;
  const prepared: Prepared = { toolchain: {}, env: {}, recovered: ended };
  const started = Date.now();
  const judged = await prepareAndJudge(prepared, { project, stack, port: options.port }, json);
  const report = path.relative(process.cwd(), judged.report) || judged.report;
  if (judged.verdict.verdict !== "GO") {
    const lines = [`report: ${report}`, "Nothing was deployed."];
    return printVerdict(judged.verdict, {
      json,
      lines,
      next: `correct what is named above, then \`greenlight check --stack ${stack}\``,
    });
  }
  let changes: Record<string, number> = {};
  let pods = "";
  let customs = "";
  await runSteps(
    [
      {
        title: "Deploy",
        run: async say => {
          changes = await update(project.dir, stack, prepared, { plan: judged.plan, say });
          return changesText(changes);
        },
      },
      {
        title: "Pods",
        run: async say => {
          pods = await awaitPods(say);
          customs = await customObjects();
          return pods;
        },
      },
    ],
    json,
  );
  const seconds = Math.round((Date.now() - started) / 1000);
  if (json) {
    printJson({
      ...judged.verdict,
      deployed: {
        changes,
        pods,
        seconds,
        report,
        provider: providerText(prepared),
        kubeconfig: stateFiles().kubeconfig,
        recovered: prepared.recovered,
      },
    });
    return exitCodes.GO;
  }
  return printVerdict(judged.verdict, {
    lines: [
      `toolchain: ${Object.values(prepared.toolchain)
        .map(ready => `${ready.name} ${ready.version} (${ready.source})`)
        .join(", ")}`,
      `kubernetes provider: ${providerText(prepared)}`,
      `deployed to the local cluster at ${prepared.server}: ${changesText(changes)}; ${pods}`,
      `no image was pulled and no container runs${customs ? `; ${customs}: accepted, no controller here` : ""}`,
      ...prepared.recovered.map(line => `put right: ${line}`),
      `report: ${report}   kubeconfig: ${path.relative(process.cwd(), stateFiles().kubeconfig)}   took ${seconds} s`,
    ],
    next: 'eval "$(npx greenlight env)" && kubectl get pods -A -o wide',
  });
}

/** The update, held to the plan of the preview that was judged. */
export async function update(
  dir: string,
  stack: string,
  prepared: Prepared,
  { plan, message, say }: { plan: string; message?: string; say: (text: string) => void },
): Promise<Record<string, number>> {
  const logDir = stackDir(evidenceDir(policiesDir), stack);
  // `--strict` makes its own preview; here the plan of the judged one binds.
  const env = { ...prepared.env, PULUMI_OPTION_STRICT: undefined };
  const told = message === undefined ? [] : ["--message", message];
  const done = await runEngine(["up", "--stack", stack, "--yes", "--skip-preview", "--plan", plan, ...told], {
    cwd: dir,
    env,
    logDir,
    say,
  });
  if (done.code !== 0) throw engineFault(done, logDir);
  return done.changes;
}

const words: Record<string, string> = {
  create: "created",
  update: "updated",
  same: "unchanged",
  delete: "deleted",
  replace: "replaced",
};

export const changesText = (changes: Record<string, number>): string =>
  Object.entries(changes)
    .map(([op, count]) => `${count} ${words[op] ?? op}`)
    .join(", ") || "nothing to do";

const providerText = (prepared: Prepared): string =>
  prepared.provider
    ? `official, from ${prepared.provider}`
    : "Greenlight's stand-in (the official plugin could not be had here)";

/** How long autoscalers and nodes may take until all pods run, in milliseconds. */
const podsMs = 60_000;

/** Waits until every autoscaler has what it wants at least and all pods run; says how they are spread. */
async function awaitPods(say: (text: string) => void): Promise<string> {
  const api = connect(stateFiles().kubeconfig);
  try {
    for (const end = Date.now() + podsMs; ; await new Promise(resolve => setTimeout(resolve, 300))) {
      const list = async (path: string) => (await api.request<{ items: KubeObject[] }>("GET", path)).items;
      const scalers = await list("/apis/autoscaling/v2/horizontalpodautoscalers");
      const deployments = await list("/apis/apps/v1/deployments");
      const sets = await list("/apis/apps/v1/statefulsets");
      // A job's pods come and go by the clock.
      const pods = (await list("/api/v1/pods")).filter(pod => !ownerKinds(pod).includes("Job"));
      const running = pods.filter(pod => pod.status?.phase === "Running" && !pod.metadata.deletionTimestamp);
      const wanted = [...deployments, ...sets].reduce((sum, one) => sum + leastOf(one, scalers), 0);
      const inZones = new Set(running.map(pod => zones.find(zone => String(pod.spec?.nodeName).endsWith(zone))));
      const text = `${running.length} of ${wanted} pods Running in ${inZones.size} zones`;
      if (running.length >= wanted && running.length === pods.length) return text;
      if (Date.now() > end)
        throw fail(
          "the services",
          text,
          `all of them within ${podsMs / 1000} s`,
          "`kubectl describe pods -A` tells why.",
          exitCodes.engineFailed,
        );
      say(text);
    }
  } finally {
    api.close();
  }
}

/** Objects of custom kinds by count: the API server took them, nothing here acts on them. */
async function customObjects(): Promise<string> {
  const api = connect(stateFiles().kubeconfig);
  try {
    const listed = await api.request<{ items: KubeObject[] }>(
      "GET",
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    );
    const counts = await Promise.all(
      listed.items.map(async ({ spec }) => {
        const { group, names, versions } = spec as {
          group: string;
          names: { plural: string; kind: string };
          versions: { name: string; served: boolean }[];
        };
        const version = versions.find(one => one.served)!.name;
        const { items } = await api.request<{ items: unknown[] }>("GET", `/apis/${group}/${version}/${names.plural}`);
        return items.length > 0 ? `${items.length} ${names.kind}` : "";
      }),
    );
    return counts.filter(Boolean).join(", ");
  } finally {
    api.close();
  }
}

const ownerKinds = (object: KubeObject): string[] =>
  ((object.metadata.ownerReferences ?? []) as { kind: string }[]).map(owner => owner.kind);

function leastOf(deployment: KubeObject, scalers: KubeObject[]): number {
  const { name, namespace } = deployment.metadata;
  const scaler = scalers.find(one => {
    const target = one.spec?.scaleTargetRef as { kind?: string; name?: string };
    return one.metadata.namespace === namespace && target.name === name && target.kind !== "StatefulSet";
  });
  return Number(scaler?.spec?.minReplicas ?? deployment.spec?.replicas ?? 1);
}
