import fc from "fast-check";

/**
 * Workloads of every kind that makes pods, with the fields that pod security looks at in all their states. Most of them
 * are valid; what the API server would not take anyway is passed over by whoever asks it.
 */
export interface Generated {
  type: string;
  /** Path of its collection below the namespace, and the API it belongs to. */
  api: string;
  plural: string;
  object: { apiVersion: string; kind: string; metadata: { name: string }; [key: string]: unknown };
}

/** A record whose members are mostly left out, as in manifests. */
const sparse = <T>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(members, { requiredKeys: [] });

const flag = fc.boolean();
const profile = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ type: "RuntimeDefault" }) },
  fc.constant({ type: "Unconfined" }),
  fc.constant({ type: "Localhost", localhostProfile: "own.json" }),
);
const seLinux = sparse({
  type: fc.constantFrom("", "container_t", "container_init_t", "container_engine_t", "spc_t"),
  user: fc.constantFrom("", "system_u"),
  role: fc.constantFrom("", "sysadm_r"),
  level: fc.constant("s0"),
});
const capability = fc.constantFrom("NET_BIND_SERVICE", "CHOWN", "KILL", "NET_ADMIN", "SYS_ADMIN", "ALL", "chown");
const user = fc.constantFrom(0, 1, 1000);
const mostly = <T>(value: T, other: fc.Arbitrary<T>) => fc.oneof({ weight: 3, arbitrary: fc.constant(value) }, other);

const containerSecurity = sparse({
  privileged: mostly(false, flag),
  allowPrivilegeEscalation: mostly(false, flag),
  readOnlyRootFilesystem: mostly(true, flag),
  runAsNonRoot: mostly(true, flag),
  runAsUser: user,
  procMount: mostly("Default", fc.constantFrom("Default", "Unmasked")),
  capabilities: fc.oneof(
    { weight: 2, arbitrary: fc.constant({ drop: ["ALL"] } as object) },
    sparse({ add: fc.array(capability, { maxLength: 2 }), drop: fc.array(capability, { maxLength: 2 }) }),
  ),
  seccompProfile: profile,
  appArmorProfile: profile,
  seLinuxOptions: seLinux,
});

const handler = fc.oneof(
  fc.record({ httpGet: fc.record({ port: fc.constant(80) }) }),
  fc.record({ httpGet: fc.record({ port: fc.constant(80), host: fc.constantFrom("", "10.0.0.1") }) }),
  fc.record({ tcpSocket: fc.record({ port: fc.constant(80), host: fc.constantFrom("", "db") }) }),
  fc.constant({ exec: { command: ["true"] } }),
);

const container = (init: boolean) =>
  fc
    .tuple(
      containerSecurity,
      sparse({
        ports: fc.array(
          fc.record(
            { containerPort: fc.constantFrom(80, 443), hostPort: fc.constantFrom(0, 80, 443) },
            { requiredKeys: ["containerPort"] },
          ),
          { maxLength: 1 },
        ),
        stdin: mostly(false, flag),
        tty: mostly(false, flag),
        imagePullPolicy: fc.constantFrom("IfNotPresent", "Always", "Never"),
        ...(init ? {} : { livenessProbe: handler, readinessProbe: handler, startupProbe: handler }),
        ...(init ? {} : { lifecycle: sparse({ postStart: handler, preStop: handler }) }),
      }),
      fc.boolean(),
    )
    .map(([securityContext, rest, bare]) => ({ image: "x", ...rest, ...(bare ? {} : { securityContext }) }));

const volume = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ emptyDir: {} } as object) },
  fc.constantFrom<object>(
    {},
    { configMap: { name: "c" } },
    { secret: { secretName: "s" } },
    { persistentVolumeClaim: { claimName: "p" } },
    { hostPath: { path: "/" } },
    { nfs: { server: "files", path: "/" } },
    { downwardAPI: { items: [] } },
    { projected: { sources: [] } },
    { csi: { driver: "d" } },
    { image: { reference: "x" } },
    {
      ephemeral: {
        volumeClaimTemplate: { spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } },
      },
    },
    { iscsi: { targetPortal: "1.2.3.4", iqn: "iqn.2001-04.com.example:x", lun: 0 } },
  ),
);

const linuxPod = fc
  .tuple(
    sparse({
      runAsNonRoot: mostly(true, flag),
      runAsUser: user,
      seccompProfile: profile,
      appArmorProfile: profile,
      seLinuxOptions: seLinux,
      sysctls: fc.array(
        fc.record({
          name: fc.constantFrom("net.ipv4.tcp_syncookies", "net.ipv4.tcp_rmem", "kernel.msgmax", "net.core.somaxconn"),
          value: fc.constant("1"),
        }),
        { maxLength: 1 },
      ),
    }),
    fc.array(container(false), { minLength: 1, maxLength: 2 }),
    fc.array(container(true), { maxLength: 1 }),
    fc.array(volume, { maxLength: 2 }),
    sparse({
      nodeSelector: fc.constantFrom({ "kubernetes.io/arch": "amd64" }, { "kubernetes.io/hostname": "node-1" }),
      shareProcessNamespace: mostly(false, flag),
      automountServiceAccountToken: mostly(false, flag),
      hostNetwork: mostly(false, flag),
      hostPID: mostly(false, flag),
      hostIPC: mostly(false, flag),
    }),
    fc.option(fc.boolean(), { nil: undefined, freq: 3 }),
  )
  .map(([securityContext, containers, initContainers, volumes, host, hostUsers]) => ({
    securityContext,
    containers: containers.map((one, index) => ({ name: `c${index}`, ...one })),
    initContainers: initContainers.map((one, index) => ({ name: `i${index}`, ...one })),
    volumes: volumes.map((one, index) => ({ name: `v${index}`, ...one })),
    ...(hostUsers === undefined ? host : { hostUsers }),
  }));

const windowsOptions = sparse({ hostProcess: flag });
const windowsPod = fc
  .tuple(sparse({ runAsNonRoot: flag, windowsOptions }), sparse({ runAsNonRoot: flag, windowsOptions }), flag)
  .map(([pod, own, hostNetwork]) => ({
    os: { name: "windows" },
    ...(hostNetwork ? { hostNetwork } : {}),
    securityContext: pod,
    containers: [{ name: "c0", image: "x", securityContext: own }],
  }));

const annotations = fc.option(
  fc.record({
    "container.apparmor.security.beta.kubernetes.io/c0": fc.constantFrom(
      "runtime/default",
      "localhost/own",
      "unconfined",
    ),
  }),
  { nil: undefined, freq: 5 },
);

const labels = { app: "fuzz" };
const selector = { matchLabels: labels };

type Wrap = (template: { metadata: object; spec: object }) => object;
const kinds: [apiVersion: string, kind: string, plural: string, restartPolicy: string | undefined, wrap: Wrap][] = [
  ["v1", "Pod", "pods", undefined, ({ spec }) => ({ spec })],
  ["v1", "PodTemplate", "podtemplates", undefined, template => ({ template })],
  [
    "v1",
    "ReplicationController",
    "replicationcontrollers",
    undefined,
    template => ({ spec: { selector: labels, template } }),
  ],
  ["apps/v1", "Deployment", "deployments", undefined, template => ({ spec: { selector, template } })],
  [
    "apps/v1",
    "StatefulSet",
    "statefulsets",
    undefined,
    template => ({ spec: { selector, serviceName: "x", template } }),
  ],
  ["apps/v1", "DaemonSet", "daemonsets", undefined, template => ({ spec: { selector, template } })],
  ["apps/v1", "ReplicaSet", "replicasets", undefined, template => ({ spec: { selector, template } })],
  ["batch/v1", "Job", "jobs", "Never", template => ({ spec: { template } })],
  [
    "batch/v1",
    "CronJob",
    "cronjobs",
    "Never",
    template => ({ spec: { schedule: "0 3 * * *", jobTemplate: { spec: { template } } } }),
  ],
];

/** Jobs take no default restart policy; their template's labels are the server's own. */
export const workload: fc.Arbitrary<Generated> = fc
  .tuple(
    fc.oneof({ weight: 9, arbitrary: linuxPod as fc.Arbitrary<object> }, windowsPod),
    annotations,
    fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat({ max: kinds.length - 1 })),
  )
  .map(([pod, notes, index]) => {
    const [apiVersion, kind, plural, restartPolicy, wrap] = kinds[index]!;
    const metadata = { labels: kind === "Job" ? {} : labels, ...(notes ? { annotations: notes } : {}) };
    const body = wrap({ metadata, spec: { ...pod, ...(restartPolicy ? { restartPolicy } : {}) } });
    return {
      type: `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`,
      api: apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`,
      plural,
      object: { apiVersion, kind, metadata: { name: "fuzz", ...(kind === "Pod" ? metadata : {}) }, ...body },
    };
  });
