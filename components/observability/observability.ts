import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as core from "@pulumi/kubernetes/core/v1";
import * as rbac from "@pulumi/kubernetes/rbac/v1";
import { childOf, serviceLabels } from "../component";
import { externalSecretSpec, generatedSecretSpecs } from "../security/secrets";
import { Workload } from "../workload";
import type { DashboardArgs } from "./dashboards";
import { dashboards } from "./dashboards";
import type { GrafanaArgs } from "./grafana";
import { grafanaProvisioning, grafanaSecrets, grafanaWorkload } from "./grafana";
import type { LogsArgs } from "./logs";
import { logRights, logWorkloads } from "./logs";
import { monitoringNamespace } from "./names";
import { probingWorkload } from "./probing";
import type { PrometheusArgs } from "./prometheus";
import { Prometheus } from "./prometheus";
import type { TracingArgs } from "./tracing";
import { collectorName, otlpPort, tracingWorkloads } from "./tracing";

/** Everything that watches: metrics, alerts, dashboards, traces, logs, probes (S-008, S-039, S-096). */
export interface ObservabilityArgs {
  system: string;
  /** Images by digest. */
  images: PrometheusArgs["images"] & TracingArgs["images"] & LogsArgs["images"] & { grafana: string; blackbox: string };
  prometheus: Omit<PrometheusArgs, "system" | "images">;
  tracing: Omit<TracingArgs, "system" | "images">;
  logs: Omit<LogsArgs, "system" | "images">;
  grafana: Omit<GrafanaArgs, "system" | "image">;
  dashboards: DashboardArgs;
}

export class Observability extends ComponentResource {
  /** Where services send their traces. */
  readonly traces = `http://${collectorName}.${monitoringNamespace}.svc:${otlpPort}`;

  constructor(name: string, args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("greenlight:observability:Observability", name, {}, opts);
    const own = childOf(this);
    const { system, images } = args;
    new Prometheus("prometheus", { system, images, ...args.prometheus }, own);
    const { collector, jaeger } = tracingWorkloads({ system, images, ...args.tracing });
    const { loki, alloy } = logWorkloads({ system, images, ...args.logs });
    const rights = logRights({ system, images, ...args.logs }).map(({ role, binding }) => {
      const of = `alloy-${role.metadata.namespace}`;
      return new rbac.RoleBinding(of, binding, { ...own, dependsOn: [new rbac.Role(of, role, own)] });
    });
    const jaegerMade = new Workload("greenlight:observability:Jaeger", jaeger, own);
    new Workload("greenlight:observability:Collector", collector, { ...own, dependsOn: [jaegerMade] });
    const lokiMade = new Workload("greenlight:observability:Loki", loki, own);
    new Workload("greenlight:observability:Alloy", alloy, { ...own, dependsOn: [lokiMade, ...rights] });
    new Workload("greenlight:observability:Probing", probingWorkload(system, images.blackbox), own);
    this.#grafana(args, own);
    this.registerOutputs({ traces: this.traces });
  }

  #grafana({ system, images, grafana, dashboards: shown }: ObservabilityArgs, own: pulumi.CustomResourceOptions): void {
    const namespace = monitoringNamespace;
    const labels = serviceLabels(system, "grafana");
    const admin = generatedSecretSpecs({ name: grafanaSecrets.admin, namespace, labels }, ["user", "password"]);
    const generator = new CustomResource(`${grafanaSecrets.admin}-password`, admin.generator, own);
    const secret = new CustomResource(grafanaSecrets.admin, admin.secret, { ...own, dependsOn: [generator] });
    const database = grafana.database
      ? [
          new CustomResource(
            grafanaSecrets.database,
            externalSecretSpec(
              { name: grafanaSecrets.database, namespace, labels },
              { username: "username", password: "password" },
              grafanaSecrets.database,
            ),
            own,
          ),
        ]
      : [];
    // One ConfigMap a dashboard: they may be a mebibyte at most, each.
    const files = Object.entries(dashboards(shown)).map(([file, text]) => ({
      metadata: { name: `dashboard-${file.replace(".json", "")}`, namespace, labels },
      data: { [file]: text },
    }));
    const boards = files.map(one => new core.ConfigMap(one.metadata.name, one, own));
    const names = files.map(one => one.metadata.name);
    const provisioning = new core.ConfigMap(
      "grafana-provisioning",
      { metadata: { name: "grafana-provisioning", namespace, labels }, data: grafanaProvisioning() },
      own,
    );
    new Workload(
      "greenlight:observability:Grafana",
      grafanaWorkload({ system, image: images.grafana, ...grafana }, names),
      {
        ...own,
        dependsOn: [secret, ...database, provisioning, ...boards],
      },
    );
  }
}
