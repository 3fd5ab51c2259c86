import { isTreeObject, UNKNOWN } from "../../model/unknown";
import type { Tree } from "../../model/unknown";
import { reading } from "./reading";
import { remembered } from "./remembered";
import type { Resource } from "./resource";
import type { Subject } from "./rule";

/** The parts of Kubernetes objects that rules read. Source: k8s.io/api v1.36. */

export interface SecurityContext {
  runAsNonRoot?: boolean;
  runAsUser?: number;
  privileged?: boolean;
  allowPrivilegeEscalation?: boolean;
  readOnlyRootFilesystem?: boolean;
  capabilities?: { add?: string[]; drop?: string[] };
  seccompProfile?: { type?: string };
}

export interface Probe {
  httpGet?: object;
  tcpSocket?: object;
  exec?: object;
  grpc?: object;
}

export interface Container {
  name?: string;
  image?: string;
  restartPolicy?: string;
  env?: { name?: string; value?: string; valueFrom?: object }[];
  resources?: { requests?: Record<string, string | number>; limits?: Record<string, string | number> };
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  securityContext?: SecurityContext;
}

export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export interface PodSpec {
  os?: { name?: string };
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
  automountServiceAccountToken?: boolean;
  securityContext?: SecurityContext;
  containers?: Container[];
  initContainers?: Container[];
  ephemeralContainers?: Container[];
  topologySpreadConstraints?: {
    topologyKey?: string;
    whenUnsatisfiable?: string;
    maxSkew?: number;
    labelSelector?: LabelSelector;
  }[];
  affinity?: {
    podAntiAffinity?: {
      requiredDuringSchedulingIgnoredDuringExecution?: { topologyKey?: string; labelSelector?: LabelSelector }[];
    };
  };
}

export interface Metadata {
  name?: string;
  namespace?: string;
  labels?: Record<string, string>;
}

/** A container together with the pod it stands in. */
export interface ContainerInPod {
  container: Container;
  pod: PodSpec;
  kind: "containers" | "initContainers" | "ephemeralContainers";
}

/** A workload: what makes pods, read as one shape. */
export interface Workload {
  kind: string;
  metadata: Metadata;
  spec: { replicas?: number; selector?: LabelSelector };
  template: { metadata?: Metadata; spec: PodSpec };
}

const containerKinds = ["containers", "initContainers", "ephemeralContainers"] as const;

const templated = new Set([
  "apps/Deployment",
  "apps/StatefulSet",
  "apps/DaemonSet",
  "apps/ReplicaSet",
  "batch/Job",
  "/ReplicationController",
  "argoproj.io/Rollout",
]);

/** Where the pod template of a resource stands, or undefined for what makes no pods. */
function podPath(resource: Resource): string[] | undefined {
  const { group, kind, props } = resource;
  if (kind === undefined) return undefined;
  // An opaque chart may hold any workload; nobody can see it at preview.
  if (group === "helm.sh" && kind === "Release") return ["(chart)"];
  if (props.items === UNKNOWN) return ["items"];
  if (group === "" && kind === "Pod") return [];
  if (group === "" && kind === "PodTemplate") return ["template"];
  if (group === "batch" && kind === "CronJob") return ["spec", "jobTemplate", "spec", "template"];
  if (templated.has(`${group}/${kind.replace(/Patch$/, "")}`)) return ["spec", "template"];
  // A custom resource that embeds a pod template is a workload, whatever it is called.
  const template = at(props, ["spec", "template", "spec", "containers"]);
  return template !== undefined ? ["spec", "template"] : undefined;
}

const at = (tree: Tree, path: string[]): Tree | undefined => {
  let value: Tree | undefined = tree;
  for (const key of path) {
    if (value === UNKNOWN) return UNKNOWN;
    value = isTreeObject(value) ? value[key] : undefined;
  }
  return value;
};

/** The pod of a resource: the template's spec, or the Pod's own. Some sixty rules ask for it. */
export const pods = remembered((resource: Resource): readonly Subject<PodSpec>[] => {
  const path = podPath(resource);
  if (!path) return [];
  const full = [...path, "spec"];
  const where = full.join(".");
  return [{ resource, path: where, read: () => reading<PodSpec>(orUnknown(resource, full), where, resource) ?? {} }];
});

/** The metadata of a resource's pod: the template's, or the Pod's own. */
export function templateMetadata(resource: Resource): Subject<Metadata>[] {
  const path = podPath(resource);
  if (!path) return [];
  const full = [...path, "metadata"];
  const where = full.join(".");
  return [{ resource, path: where, read: () => reading<Metadata>(orUnknown(resource, full), where, resource) ?? {} }];
}

/** The tree at a path; a chart, a list or a template that nobody can see reads as unknown. */
function orUnknown(resource: Resource, path: string[]): Tree | undefined {
  if (path[0] === "(chart)" || resource.props.items === UNKNOWN) return UNKNOWN;
  return at(resource.props, path);
}

/** Every container of a resource's pod: regular, init and ephemeral ones. */
export const containers = remembered((resource: Resource): readonly Subject<ContainerInPod>[] =>
  pods(resource).flatMap(pod => {
    const tree = orUnknown(resource, pod.path.split("."));
    const unseen = (path: string): Subject<ContainerInPod> => ({
      resource,
      path,
      read: () => reading<never>(UNKNOWN, path),
    });
    if (tree === UNKNOWN) return [unseen(pod.path)];
    return containerKinds.flatMap(kind => {
      const path = `${pod.path}.${kind}`;
      const list = isTreeObject(tree) ? tree[kind] : undefined;
      if (list === undefined || list === null) return [];
      // Not known, or of a shape nobody can read: either way nothing was inspected.
      if (!Array.isArray(list)) return [unseen(path)];
      return list.map((item, index) => ({
        resource,
        path: `${path}[${index}]`,
        read: () => ({ container: reading<Container>(item, `${path}[${index}]`, resource), pod: pod.read(), kind }),
      }));
    });
  }),
);

const workloadKinds = new Set([
  "apps/Deployment",
  "apps/StatefulSet",
  "apps/ReplicaSet",
  "argoproj.io/Rollout",
  "/Pod",
  "/ReplicationController",
]);

/** Workloads that serve: what runs until it is stopped, and can have more than one pod. */
export function servingWorkloads(resource: Resource): Subject<Workload>[] {
  if (!workloadKinds.has(`${resource.group}/${resource.kind?.replace(/Patch$/, "")}`)) return [];
  const isPod = resource.kind === "Pod";
  const part = (path: string[]) => reading<never>(orUnknown(resource, path), path.join("."), resource);
  return [
    {
      resource,
      path: "",
      read: () => ({
        kind: resource.kind!,
        metadata: part(["metadata"]) ?? {},
        spec: isPod ? {} : (part(["spec"]) ?? {}),
        template: isPod ? { metadata: part(["metadata"]), spec: part(["spec"]) ?? {} } : readTemplate(part),
      }),
    },
  ];
}

/** The template's parts are read when asked for: an unknown elsewhere in the template hides nothing. */
const readTemplate = (part: (path: string[]) => never): Workload["template"] => ({
  get metadata() {
    return part(["spec", "template", "metadata"]);
  },
  get spec() {
    return part(["spec", "template", "spec"]) ?? {};
  },
});

/** Any Kubernetes object, for rules about metadata. */
export function objects(resource: Resource): Subject<{ metadata: Metadata }>[] {
  if (resource.kind === undefined || resource.group === undefined) return [];
  return [{ resource, path: "", read: () => reading<{ metadata: Metadata }>(resource.props, "", resource) }];
}

/** Objects of one kind, each whole: the subjects of most rules about a kind. */
export const ofKind =
  <T>(group: string, kind: string) =>
  (resource: Resource): Subject<T>[] =>
    resource.group === group && resource.kind === kind
      ? [{ resource, path: "", read: () => readAll<T>(resource) }]
      : [];

/** The whole of a resource, readable. */
export const readAll = <T>(resource: Resource): T => reading<T>(resource.props, "", resource);

/** Whether a selector picks these labels. An empty selector picks everything, an absent one nothing. */
export function selects(selector: LabelSelector | undefined, labels: Record<string, string> = {}): boolean {
  if (!selector) return false;
  const hasLabels = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return (
    hasLabels &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === "In") return value !== undefined && values.some(one => one === value);
      if (operator === "NotIn") return value === undefined || !values.some(one => one === value);
      if (operator === "Exists") return value !== undefined;
      return operator === "DoesNotExist" && value === undefined;
    })
  );
}

export const isWindows = (pod: PodSpec): boolean => pod.os?.name === "windows";
