import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as autoscaling from "@pulumi/kubernetes/autoscaling/v2";
import * as batch from "@pulumi/kubernetes/batch/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as rbac from "@pulumi/kubernetes/rbac/v1";

/**
 * A shop as a hurried team would write it. It deploys, it answers, and every line of it is a night on call: run
 * `npx greenlight check examples/unready` to read why.
 */
const shop = new core.Namespace("shop", { metadata: { name: "shop" } });

const labels = { app: "web" };

const web = new apps.Deployment("web", {
  metadata: { name: "web", namespace: "shop", labels },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        hostNetwork: true,
        containers: [
          {
            name: "web",
            image: "shop/web:latest",
            ports: [{ containerPort: 8080 }],
            env: [
              { name: "DB_PASSWORD", value: "hunter2" },
              { name: "DATABASE", value: "postgres://shop:hunter2@db:5432/shop" },
            ],
            securityContext: { privileged: true },
          },
        ],
      },
    },
  },
});

new core.Service("web", {
  metadata: { name: "web" },
  spec: { type: "LoadBalancer", selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
});

// Nobody changed it when the pods were renamed: it is about none of them, and open to everybody.
new networking.NetworkPolicy("frontend", {
  metadata: { name: "frontend", namespace: "shop" },
  spec: { podSelector: { matchLabels: { app: "frontend" } }, ingress: [{}] },
});

new networking.Ingress("web", {
  metadata: { name: "web", namespace: "shop" },
  spec: { defaultBackend: { service: { name: "web", port: { number: 80 } } } },
});

new autoscaling.HorizontalPodAutoscaler("web", {
  metadata: { name: "web", namespace: "shop" },
  spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" }, minReplicas: 1, maxReplicas: 1 },
});

new rbac.ClusterRoleBinding("deployer", {
  metadata: { name: "shop-deployer" },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
  subjects: [{ kind: "ServiceAccount", name: "default", namespace: "shop" }],
});

new core.Secret("database", {
  metadata: { name: "database", namespace: "shop" },
  stringData: { password: "hunter2" },
});

const cache = { app: "cache" };

// One server, one volume, no backup: until the night it is needed.
new apps.StatefulSet("cache", {
  metadata: { name: "cache", namespace: "shop", labels: cache },
  spec: {
    serviceName: "cache",
    selector: { matchLabels: cache },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Delete" },
    template: {
      metadata: { labels: cache },
      spec: {
        containers: [
          {
            name: "cache",
            image: "redis",
            ports: [{ containerPort: 6379 }],
            env: [{ name: "CONFIG", valueFrom: { secretKeyRef: { name: "cache-config", key: "file" } } }],
          },
        ],
        volumes: [{ name: "scratch", emptyDir: {} }],
      },
    },
    volumeClaimTemplates: [
      {
        metadata: { name: "data" },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
      },
    ],
  },
});

new batch.CronJob("report", {
  metadata: { name: "report", namespace: "shop" },
  spec: {
    schedule: "*/5 * * * *",
    jobTemplate: {
      spec: {
        template: { spec: { restartPolicy: "Never", containers: [{ name: "report", image: "shop/report:latest" }] } },
      },
    },
  },
});

new CustomResource("db", {
  apiVersion: "postgresql.cnpg.io/v1",
  kind: "Cluster",
  metadata: { name: "db", namespace: "shop" },
  spec: { instances: 1, storage: { size: "10Gi" }, enableSuperuserAccess: true },
});

new CustomResource("certificate", {
  apiVersion: "cert-manager.io/v1",
  kind: "Certificate",
  metadata: { name: "web", namespace: "shop" },
  spec: {
    secretName: "web-tls",
    dnsNames: ["shop.example.com"],
    duration: "87600h",
    privateKey: { rotationPolicy: "Never" },
    issuerRef: { name: "own" },
  },
});

export const namespace = shop.metadata.name;
export const image = web.spec.template.spec.containers[0]!.image;
