import { stringify } from "yaml";
import * as pod from "../pod";
import type { WorkloadArgs } from "../workload";
import { monitoringNamespace } from "./names";

/** The blackbox exporter's settings: whether something outside answers over TLS, within ten seconds (S-031, S-143). */
export const blackboxConfig = (): string =>
  stringify({
    modules: {
      http_2xx: {
        prober: "http",
        timeout: "10s",
        http: {
          // Below 500 it is there; whether it likes the question is not what is asked.
          valid_status_codes: [200, 201, 202, 204, 301, 302, 400, 401, 403, 404, 405],
          fail_if_not_ssl: true,
          preferred_ip_protocol: "ip4",
          tls_config: { insecure_skip_verify: false },
        },
      },
    },
  });

/** The exporter as a workload. */
export const probingWorkload = (system: string, image: string): WorkloadArgs => ({
  name: "blackbox",
  system,
  namespace: monitoringNamespace,
  image,
  replicas: 3,
  cpu: "50m",
  memory: "64Mi",
  user: 65534,
  args: ["--config.file=/etc/blackbox/config.yaml"],
  ports: { http: 9115 },
  metrics: { port: "http" },
  probe: { port: "http", live: "/-/healthy", ready: "/-/healthy" },
  config: { mountPath: "/etc/blackbox", files: { "config.yaml": blackboxConfig() } },
  ingress: [{ from: [{ podSelector: { matchLabels: { prometheus: "prometheus" } } }], ports: pod.tcp(9115) }],
  egress: [{ to: [pod.outside], ports: pod.tcp(443) }],
});
