import { resources, restrictedContainer, restrictedPod } from "../pod";
import { trustBundle } from "../security/certificates";
import { environmentOf } from "./environment";
import { priorityClass } from "./priority";
import type { ServiceArgs, serviceDefaults } from "./service";

/** Seconds a pod goes on serving after it was told to stop, until every proxy has heard of it. */
const drainSeconds = 5;

/** The pods of a service, whatever makes them: a Deployment or a Rollout. */
export function servicePod(a: ServiceArgs & typeof serviceDefaults, labels: Record<string, string>) {
  const selector = { "app.kubernetes.io/name": a.name };
  const spread = (topologyKey: string, whenUnsatisfiable: string) => ({
    topologyKey,
    whenUnsatisfiable,
    maxSkew: 1,
    labelSelector: { matchLabels: selector },
    // A zone that is drained or gone does not count: its pods go to the others instead of waiting for it.
    nodeTaintsPolicy: "Honor",
    matchLabelKeys: ["pod-template-hash"],
  });
  const probe = (path: string, failureThreshold: number) => ({
    httpGet: { path, port: "http", ...(a.tls ? { scheme: "HTTPS" } : {}) },
    periodSeconds: 5,
    timeoutSeconds: 2,
    failureThreshold,
  });
  return {
    metadata: { labels },
    spec: {
      serviceAccountName: a.name,
      automountServiceAccountToken: false,
      priorityClassName: priorityClass(a.system, a.importance),
      terminationGracePeriodSeconds: 30 + drainSeconds,
      securityContext: restrictedPod(),
      topologySpreadConstraints: [
        spread("topology.kubernetes.io/zone", "DoNotSchedule"),
        spread("kubernetes.io/hostname", "ScheduleAnyway"),
      ],
      containers: [
        {
          name: a.name,
          image: a.image,
          ports: [{ name: "http", containerPort: a.port, protocol: "TCP" }],
          env: environmentOf(a),
          resources: resources(a.cpu, a.memory),
          startupProbe: probe(a.livePath, 30),
          livenessProbe: probe(a.livePath, 6),
          readinessProbe: probe(a.readyPath, 2),
          lifecycle: { preStop: { sleep: { seconds: drainSeconds } } },
          securityContext: restrictedContainer(),
          volumeMounts: [
            { name: "tmp", mountPath: "/tmp" },
            ...(a.tls
              ? [
                  { name: "tls", mountPath: "/tls", readOnly: true },
                  { name: "roots", mountPath: "/roots", readOnly: true },
                ]
              : []),
          ],
        },
      ],
      volumes: [
        { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
        ...(a.tls
          ? [
              { name: "tls", secret: { secretName: `${a.name}-tls`, defaultMode: 0o440 } },
              // Roots come apart from the certificate: while they change, old and new are both there.
              { name: "roots", configMap: { name: trustBundle.name } },
            ]
          : []),
      ],
    },
  };
}
