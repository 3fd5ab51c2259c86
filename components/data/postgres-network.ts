import * as pod from "../pod";
import type { PostgresArgs } from "./postgres-spec";

/** Who may speak to a PostgreSQL cluster, its pooler and its jobs, and to whom they speak. */
export function postgresPolicies(
  { name, namespace, clients: given, databases = [] }: PostgresArgs,
  labels: Record<string, string>,
) {
  const cluster = { podSelector: { matchLabels: { "cnpg.io/cluster": name } } };
  const pooler = { podSelector: { matchLabels: { "cnpg.io/poolerName": `${name}-pooler` } } };
  const jobs = {
    podSelector: { matchLabels: { "app.kubernetes.io/name": name, "app.kubernetes.io/component": "job" } },
  };
  const clients = pod.servicesNamed(given);
  const policy = (
    suffix: string,
    of: { podSelector: { matchLabels: Record<string, string> } },
    ingress: object[],
    egress: object[],
  ) => ({
    metadata: { name: `${name}${suffix}`, namespace, labels },
    spec: { ...of, policyTypes: ["Ingress", "Egress"], ingress, egress },
  });
  const operator = pod.namespaceNamed("cnpg-system");
  const monitoring = { from: [pod.namespaceNamed("monitoring")], ports: pod.tcp(9187) };
  const apiServer = { to: [pod.outside, pod.namespaceNamed("default")], ports: pod.tcp(443, 6443) };
  return {
    clusterPolicy: policy(
      "",
      cluster,
      [
        { from: [cluster, pooler, jobs], ports: pod.tcp(5432) },
        // The platform's own programs are called like their databases.
        ...databases.map(one => ({
          from: [{ ...pod.namespaceNamed("monitoring"), ...pod.podsNamed(one) }],
          ports: pod.tcp(5432),
        })),
        // 8000 between instances too: the isolation check asks peers, and without an answer a primary ends itself.
        { from: [cluster, operator], ports: pod.tcp(8000) },
        monitoring,
      ],
      [{ to: [cluster], ports: pod.tcp(5432, 8000) }, { to: [operator], ports: pod.tcp(9090) }, apiServer],
    ),
    poolerPolicy: policy(
      "-pooler",
      pooler,
      // Without clients the list would be empty, and an empty list lets everybody in.
      [
        ...(clients.length > 0 ? [{ from: clients, ports: pod.tcp(5432) }] : []),
        { ...monitoring, ports: pod.tcp(9127) },
      ],
      [{ to: [cluster], ports: pod.tcp(5432) }, apiServer],
    ),
    jobsPolicy: policy(
      "-jobs",
      jobs,
      [],
      [
        { to: [cluster], ports: pod.tcp(5432) },
        { to: [pod.outside], ports: pod.tcp(443) },
      ],
    ),
  };
}
