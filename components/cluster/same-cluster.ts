import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";

interface Kubeconfig {
  "current-context"?: string;
  contexts?: { name?: string; context?: { cluster?: string } }[];
  clusters?: { name?: string; cluster?: { server?: string } }[];
}

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
  const current = all.find(one => one?.["current-context"])?.["current-context"];
  const cluster = all.flatMap(one => one?.contexts ?? []).find(one => one.name === current)?.context?.cluster;
  return all.flatMap(one => one?.clusters ?? []).find(one => one.name === cluster)?.cluster?.server;
}
