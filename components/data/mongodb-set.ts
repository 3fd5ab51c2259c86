import type { BackupPlan } from "../backup/plan";
import { priorityClass } from "../delivery/priority";
import * as pod from "../pod";
import { internalIssuer } from "../security/certificates";
import type { MongodbArgs, mongodbDefaults } from "./mongodb-spec";

/** Version of the operator's interface that the spec is written in; the operator converts nothing by itself. */
const crVersion = "1.22.0";
/** The user of Percona's images. */
export const mongodbUser = 1001;

type Sized = MongodbArgs & typeof mongodbDefaults;

/** The labels that the operator gives the members of a set. */
export const membersOf = (name: string) => ({
  "app.kubernetes.io/instance": name,
  "app.kubernetes.io/component": "mongod",
});

/**
 * What a replica set under the operator is made of, whether it serves or is restored to be looked at: what holds for the one in its
 * namespace (security, quota, network, admission) holds for the other. Source: docs.percona.com, "Custom Resource options".
 */
export function setSpec(a: Sized, plan: BackupPlan, name = a.name) {
  const restricted = () => ({ ...pod.restrictedPod(mongodbUser) });
  return {
    crVersion,
    image: a.images.server,
    updateStrategy: "SmartUpdate",
    // Versions change here and nowhere else.
    upgradeOptions: { apply: "disabled", setFCV: false },
    secrets: { users: `${a.name}-users`, encryptionKey: `${a.name}-encryption` },
    tls: {
      mode: "requireTLS",
      certValidityDuration: "2160h",
      issuerConf: { name: internalIssuer.name, kind: internalIssuer.kind, group: internalIssuer.group },
    },
    replsets: [replicaSet(a, name)],
    sharding: { enabled: false },
    backup: {
      enabled: true,
      image: a.images.backup,
      containerSecurityContext: pod.restrictedContainer(),
      podSecurityContext: restricted(),
      resources: pod.resources("100m", "512Mi"),
      storages: { offsite: storageOf(plan, a.name) },
    },
  };
}

function replicaSet(a: Sized, name: string) {
  return {
    name: "rs0",
    size: a.members,
    serviceAccountName: a.name,
    priorityClassName: priorityClass(a.system, "vital"),
    configuration: [
      "operationProfiling:",
      "  mode: slowOp",
      "  slowOpThresholdMs: 200",
      "security:",
      "  redactClientLogData: true",
    ].join("\n"),
    affinity: { antiAffinityTopologyKey: "kubernetes.io/hostname" },
    topologySpreadConstraints: [pod.zoneSpread(membersOf(name))],
    podDisruptionBudget: { maxUnavailable: 1 },
    terminationGracePeriodSeconds: 300,
    podSecurityContext: { ...pod.restrictedPod(mongodbUser) },
    containerSecurityContext: { ...pod.restrictedContainer(), readOnlyRootFilesystem: false },
    resources: pod.resources(a.cpu, a.memory),
    storage: { engine: "wiredTiger", wiredTiger: { engineConfig: { cacheSizeRatio: 0.5 } } },
    volumeSpec: {
      persistentVolumeClaim: {
        storageClassName: a.storageClass,
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: a.storage } },
      },
    },
    sidecars: [
      {
        name: "metrics",
        image: a.images.exporter,
        args: ["--collect-all", "--discovering-mode", "--compatible-mode"],
        env: [
          {
            name: "MONGODB_USER",
            valueFrom: { secretKeyRef: { name: `${a.name}-users`, key: "MONGODB_CLUSTER_MONITOR_USER" } },
          },
          {
            name: "MONGODB_PASSWORD",
            valueFrom: { secretKeyRef: { name: `${a.name}-users`, key: "MONGODB_CLUSTER_MONITOR_PASSWORD" } },
          },
          {
            name: "MONGODB_URI",
            value: "mongodb://localhost:27017/admin?tls=true&tlsCAFile=/tls/ca.crt&tlsInsecure=true",
          },
        ],
        ports: [{ name: "metrics", containerPort: 9216, protocol: "TCP" }],
        resources: pod.resources("50m", "128Mi"),
        securityContext: pod.restrictedContainer(),
        volumeMounts: [{ name: "ssl", mountPath: "/tls", readOnly: true }],
      },
    ],
  };
}

const storageOf = (plan: BackupPlan, name: string) => ({
  type: "s3",
  main: true,
  s3: {
    bucket: plan.target.bucket,
    prefix: `mongodb/${name}`,
    ...(plan.target.region ? { region: plan.target.region } : {}),
    ...(plan.target.endpoint ? { endpointUrl: plan.target.endpoint } : {}),
    ...(plan.target.credentials ? { credentialsSecret: plan.target.credentials } : {}),
    ...(plan.target.encryption === "AES256"
      ? { serverSideEncryption: { sseAlgorithm: "AES256" } }
      : { serverSideEncryption: { sseAlgorithm: "aws:kms" } }),
  },
});
