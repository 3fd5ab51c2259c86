/** What every pod of ours has in common, whatever it runs: no root, nothing writable, bounded (S-169). */

const uid = 10001;

/** A pod that Pod Security's `restricted` level admits, running as user and group `id`. */
export const restrictedPod = (id = uid) => ({
  runAsNonRoot: true,
  runAsUser: id,
  runAsGroup: id,
  fsGroup: id,
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
});

/** A container that Pod Security's `restricted` level admits, on a root file system nobody can write to. */
export const restrictedContainer = () => ({
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
});

/** Resources: memory is its own limit, so that a pod is ended for its own appetite and nobody else's. */
export const resources = (cpu: string, memory: string) => ({ requests: { cpu, memory }, limits: { memory } });

/** At most one pod more in one zone than in another; and no two on one host where a store's quorum counts on it. */
export const zoneSpread = (selector: Record<string, string>) => ({
  topologyKey: "topology.kubernetes.io/zone",
  whenUnsatisfiable: "DoNotSchedule",
  maxSkew: 1,
  labelSelector: { matchLabels: selector },
  // A zone that is drained or gone does not count: its pods go to the others instead of waiting for it.
  nodeTaintsPolicy: "Honor",
});

export const hostAntiAffinity = (selector: Record<string, string>) => ({
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { labelSelector: { matchLabels: selector }, topologyKey: "kubernetes.io/hostname" },
    ],
  },
});

/** A disruption budget: pods go one at a time, and one that is broken anyway holds nobody up. */
export const oneAtATime = <Metadata>(metadata: Metadata, matchLabels: Record<string, string>) => ({
  metadata,
  spec: { maxUnavailable: 1, selector: { matchLabels }, unhealthyPodEvictionPolicy: "AlwaysAllow" },
});

/** Where programs look for the token of their account. */
export const tokenPath = "/var/run/secrets/kubernetes.io/serviceaccount";

/** A token for the API server that this pod alone has and that runs out, instead of one in every pod of the account. */
export const tokenVolume = (expirationSeconds: number) => ({
  name: "token",
  projected: {
    sources: [
      { serviceAccountToken: { path: "token", expirationSeconds } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
    ],
  },
});

/** Peers of a network policy. */
export const podsNamed = (name: string) => ({ podSelector: { matchLabels: { "app.kubernetes.io/name": name } } });
/** Services of any namespace, each as `namespace/name`. */
export const servicesNamed = (services: readonly string[] = []) =>
  services.map(service => {
    const [namespace, name] = service.split("/") as [string, string];
    return { ...namespaceNamed(namespace), ...podsNamed(name) };
  });
export const namespaceNamed = (name: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});
export const tcp = (...ports: number[]) => ports.map(port => ({ protocol: "TCP", port }));
/** Anything outside the cluster, for what has no name in it: an object store, a certificate authority. */
export const outside = { ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] } };

/** A variable of a container's environment. */
export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef: { name: string; key: string } };
}

/** One alert of a store or service, in the form Prometheus reads. */
export interface Alert {
  name: string;
  expr: string;
  /** How long it must hold. */
  for: string;
  severity: "critical" | "warning" | "info";
  /** What is wrong, for whoever is woken. */
  summary: string;
}

/** A PrometheusRule of one group; every alert names its place in a page of docs/runbooks. */
export const alertRules = (
  page: string,
  metadata: { name: string; namespace: string; labels: Record<string, string> },
  alerts: Alert[],
) => ({
  apiVersion: "monitoring.coreos.com/v1",
  kind: "PrometheusRule",
  metadata,
  spec: {
    groups: [
      {
        name: page,
        rules: alerts.map(alert => ({
          alert: alert.name,
          expr: alert.expr,
          for: alert.for,
          labels: { severity: alert.severity, service: metadata.name },
          annotations: { summary: alert.summary, runbook: `docs/runbooks/${page}.md#${alert.name.toLowerCase()}` },
        })),
      },
    ],
  },
});
