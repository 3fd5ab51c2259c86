import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { sha256 } from "../../model/canonical";
import type { Kubeconfig } from "../../model/kubeconfig";
import { clusterTarget } from "../../model/kubeconfig";
import type { Tier } from "../../model/tier";
import { isTier, stricter } from "../../model/tier";

/**
 * The tier a run is judged at. It follows the target, never the stack's name: what a stack declares can only raise it
 * (decision 17). Known targets are our own local control plane and what the trust root lists; anything else counts as production.
 */
export function judgedTier(declared: unknown, target: Tier | undefined): Tier {
  return stricter(isTier(declared) ? declared : "production", target ?? "production");
}

/** A cluster or an account that the trust root names, and the tier it is for. */
export interface KnownTarget {
  name: string;
  tier: Tier;
  /** SHA-256 of the cluster's certificate authority, as the kubeconfig holds it in PEM: no other server can prove itself by it. */
  clusterAuthority?: string;
  /** Twelve digits. */
  awsAccount?: string;
}

/**
 * The target's tier as the environment of the run tells it: the strictest of all it can reach, undefined where one is not listed.
 * @param accounts AWS accounts that the stack's config allows; the provider refuses credentials of any other
 */
export function targetTier(accounts: readonly string[] = [], env: NodeJS.ProcessEnv = process.env): Tier | undefined {
  // A run that can reach no cluster deploys nothing: the declared tier stands, and the verdict is marked simulated.
  if (env.GREENLIGHT_OFFLINE) return "local";
  const own = env.GREENLIGHT_LOCAL_KUBECONFIG;
  const used = env.KUBECONFIG;
  if (own && used && fs.existsSync(own) && fs.existsSync(used) && fs.realpathSync(own) === fs.realpathSync(used))
    return "local";
  const known = knownTargets(env.GREENLIGHT_TRUST);
  const authority = clusterTarget(kubeconfigs(used)).authority;
  const reached = [
    ...(authority === undefined ? [] : [known.find(one => one.clusterAuthority === sha256(authority))]),
    ...accounts.map(account => known.find(one => one.awsAccount === account)),
  ];
  if (reached.length === 0 || reached.includes(undefined)) return undefined;
  return reached.map(one => one!.tier).reduce(stricter);
}

/** AWS accounts as a stack's config or a provider's inputs give them: a list, or a list as JSON. */
export function allowedAccounts(value: unknown): string[] {
  let list = value;
  if (typeof value === "string")
    try {
      list = JSON.parse(value) as unknown;
    } catch {
      return [];
    }
  return Array.isArray(list) && list.every(one => typeof one === "string") ? list : [];
}

/** What a kubeconfig variable names, parsed, authorities that lie in files read in; nothing of what cannot be read. */
function kubeconfigs(variable: string | undefined): (Kubeconfig | null)[] {
  const files = (variable ?? path.join(os.homedir(), ".kube", "config")).split(path.delimiter).filter(Boolean);
  return files
    .filter(file => fs.existsSync(file))
    .map(file => {
      const config = parse(fs.readFileSync(file, "utf8"), { maxAliasCount: 100 }) as Kubeconfig | null;
      for (const { cluster } of config?.clusters ?? []) {
        const authority = cluster?.["certificate-authority"];
        if (!cluster || !authority || cluster["certificate-authority-data"]) continue;
        const place = path.resolve(path.dirname(file), authority);
        if (fs.existsSync(place)) cluster["certificate-authority-data"] = fs.readFileSync(place, "base64");
      }
      return config;
    });
}

/** Targets in the trust root; none where it cannot be read: then everything is production. */
function knownTargets(trust: string | undefined): KnownTarget[] {
  if (!trust) return [];
  try {
    const { targets } = parse(fs.readFileSync(trust, "utf8"), { maxAliasCount: 0 }) as { targets?: unknown };
    return Array.isArray(targets) ? targets.filter(one => isTier((one as KnownTarget | null)?.tier)) : [];
  } catch {
    return [];
  }
}
