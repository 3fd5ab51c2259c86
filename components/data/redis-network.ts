import * as pod from "../pod";
import type { RedisArgs } from "./redis-spec";

export const [dataPort, sentinelPort, metricsPort] = [6379, 26379, 9121] as const;

/** Who may speak to a Redis store: its own pods and jobs, its clients, and Prometheus. */
export function redisPolicy({ name, namespace, system, clients: given }: RedisArgs, labels: Record<string, string>) {
  const all = { matchLabels: { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": system } };
  const clients = pod.servicesNamed(given);
  return {
    metadata: { name, namespace, labels },
    spec: {
      podSelector: all,
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        { from: [{ podSelector: all }, ...clients], ports: pod.tcp(dataPort, sentinelPort) },
        { from: [pod.namespaceNamed("monitoring")], ports: pod.tcp(metricsPort) },
      ],
      egress: [
        { to: [{ podSelector: all }], ports: pod.tcp(dataPort, sentinelPort) },
        // The bucket of the backups.
        { to: [pod.outside], ports: pod.tcp(443) },
      ],
    },
  };
}
