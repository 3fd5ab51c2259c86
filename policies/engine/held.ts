/** What a stack holds that evidence has to be about. */
export interface Held {
  /** Digests of images, sorted. */
  images: string[];
  objectives: number;
  /** Stores that have to be restorable, as `namespace/name`, sorted: operators' clusters, and what a job backs up or restores. */
  stores: string[];
  /** Resources that serve, or may: all but those that are known to run no program of ours. */
  serving: number;
}

/** The engine's and our own groupings, and AWS but for what runs programs: a network, a bucket, an empty cluster serve nobody. */
const idle =
  /^(pulumi:|greenlight:|random:|tls:|aws:(?!lambda\/|ecs\/|apprunner\/|batch\/|lightsail\/|elasticbeanstalk\/|ec2\/(instance|spot|launch|fleet)|autoscaling\/))/;

/** Finds every image by digest, and every objective that a PrometheusRule watches, in normalised properties. */
export function heldBy(all: readonly { type: string; props: unknown }[]): Held {
  const images = new Set(
    [...JSON.stringify(all.map(one => one.props)).matchAll(/@(sha256:[0-9a-f]{64})/g)].map(([, digest]) => digest!),
  );
  const rules = all.filter(one => one.type.endsWith(":PrometheusRule")).map(one => one.props);
  const objectives = new Set([...JSON.stringify(rules).matchAll(/"slo":"([^"]+)"/g)].map(([, slo]) => slo));
  const stores = new Set(all.flatMap(storesIn));
  const serving = all.filter(one => !idle.test(one.type)).length;
  return { images: [...images].sort(), objectives: objectives.size, stores: [...stores].sort(), serving };
}

const operated = /:(postgresql\.cnpg\.io|psmdb\.percona\.com)\/[^:]+:(Cluster|PerconaServerMongoDB)$/;

function storesIn({ type, props }: { type: string; props: unknown }): string[] {
  const { name, namespace, annotations } = (props as { metadata?: Record<string, unknown> } | null)?.metadata ?? {};
  if (operated.test(type)) return [`${text(namespace) ?? "default"}/${text(name) ?? "?"}`];
  const of = (annotations ?? {}) as Record<string, unknown>;
  if (!type.endsWith(":CronJob") || typeof of !== "object") return [];
  return ["backup-of", "restores"].flatMap(kind => text(of[`greenlight.dev/${kind}`]) ?? []);
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
