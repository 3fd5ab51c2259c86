import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";

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

export const namespace = shop.metadata.name;
export const image = web.spec.template.spec.containers[0]!.image;
