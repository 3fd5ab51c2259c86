import { stringify } from "yaml";

/** Who is told, and how: the rota's data in stacks/<env>/oncall.yaml (S-158, S-148). */
export interface OnCall {
  /** Where pages go: a service that keeps the rota and wakes people. */
  page: { kind: "pagerduty" } | { kind: "webhook" };
  /** Minutes after which a page that nobody took goes out again. */
  repeatMinutes: number;
  /** Hours between two reminders of an open ticket. */
  ticketHours: number;
}

/** Where a mounted secret's keys lie in the pod. */
const secretFile = (key: string): string => `/etc/alertmanager/secrets/oncall/${key}`;

/**
 * Alertmanager's settings as it reads them: pages and tickets on ways of their own, what follows from a worse alert kept
 * quiet, and a heartbeat to the outside whose silence is an alert there. Addresses and keys come from files.
 */
export function alertmanagerConfig({ page, repeatMinutes, ticketHours }: OnCall): string {
  const text = { title: "{{ .CommonAnnotations.summary }}", runbook: "{{ .CommonAnnotations.runbook }}" };
  return stringify(
    {
      route: {
        receiver: "ticket",
        group_by: ["alertname", "service"],
        group_wait: "30s",
        group_interval: "5m",
        repeat_interval: `${ticketHours}h`,
        routes: [
          // First, and nobody's business: the outside notices when it stops.
          {
            matchers: ['alertname="Watchdog"'],
            receiver: "watchdog",
            group_wait: "0s",
            group_interval: "1m",
            repeat_interval: "1m",
          },
          {
            matchers: ['severity="critical"'],
            receiver: "page",
            group_wait: "10s",
            repeat_interval: `${repeatMinutes}m`,
          },
          { matchers: ['severity=~"warning|info"'], receiver: "ticket" },
        ],
      },
      inhibit_rules: [
        {
          source_matchers: ['severity="critical"'],
          target_matchers: ['severity=~"warning|info"'],
          equal: ["service"],
        },
        // A node that is gone explains the pods that are not there.
        {
          source_matchers: ['alertname="NodeNotReady"'],
          target_matchers: ['alertname=~"TargetDown|PodsNotReady"'],
        },
      ],
      receivers: [
        page.kind === "pagerduty"
          ? {
              name: "page",
              pagerduty_configs: [
                {
                  routing_key_file: secretFile("page-key"),
                  severity: "{{ .CommonLabels.severity }}",
                  description: text.title,
                  details: { runbook: text.runbook },
                },
              ],
            }
          : { name: "page", webhook_configs: [{ url_file: secretFile("page-key"), send_resolved: true }] },
        { name: "ticket", webhook_configs: [{ url_file: secretFile("ticket-url"), send_resolved: true }] },
        { name: "watchdog", webhook_configs: [{ url_file: secretFile("watchdog-url"), send_resolved: false }] },
      ],
    },
    // References to the same object would be written as YAML aliases, which nobody reads.
    { aliasDuplicateObjects: false },
  );
}
