import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import type { Kubeconfig } from "../../model/kubeconfig";
import { clusterTarget } from "../../model/kubeconfig";

/**
 * The cluster of the base stack must be the one the run leads to: a platform deployed next door is worse than none.
 * @param base name of the base stack, in the same project
 */
export async function sameCluster(base: string): Promise<void> {
  const reference = new pulumi.StackReference(`${pulumi.getOrganization()}/${pulumi.getProject()}/${base}`);
  const { value } = await reference.getOutputDetails("cluster");
  const endpoint = (value as { endpoint?: string } | undefined)?.endpoint;
  if (endpoint === undefined) {
    const reason = `The stack ${base} has no cluster yet; deploy it first.`;
    if (!pulumi.runtime.isDryRun()) throw new pulumi.RunError(`${reason} Nothing was deployed.`);
    await pulumi.log.warn(`${reason} Whether this run leads to it was not checked.`);
    return;
  }
  const server = targetServer(process.env.KUBECONFIG);
  if (server !== endpoint)
    throw new pulumi.RunError(
      `The run leads to ${server ?? "no cluster"}; need ${endpoint}, the cluster of ${base}. ` +
        `Run the command in that stack's output \`kubeconfig\`, or set KUBECONFIG. Nothing was deployed.`,
    );
}

/** The API server that a kubeconfig's current context leads to. With several files the first that says it counts. */
export function targetServer(kubeconfig: string | undefined): string | undefined {
  const files = (kubeconfig ?? path.join(os.homedir(), ".kube", "config")).split(path.delimiter).filter(Boolean);
  const all = files
    .filter(file => fs.existsSync(file))
    .map(file => parse(fs.readFileSync(file, "utf8"), { maxAliasCount: 100 }) as Kubeconfig | null);
  return clusterTarget(all).server;
}
