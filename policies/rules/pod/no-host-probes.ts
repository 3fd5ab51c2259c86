import { demandRule } from "../../engine/demand";
import { at, notKnown, valuesAt } from "../../engine/example";

/** Pod Security Standards, baseline, "Host Probes / Lifecycle Hooks". */
export const noHostProbes = demandRule({
  id: "GL-POD-11",
  slug: "no-host-probes",
  title: "No probe or hook of a container names a host of its own.",
  why: "The kubelet sends the request from the node: a probe aimed elsewhere reaches what pods may not.",
  fix: "Remove host from the probe or hook; it then asks the pod itself.",
  severity: "high",
  requirements: ["S-151"],
  items: ["D.1.2"],
  mappings: ["PSS:baseline", "NIST:SC-7"],
  groups: ["pss-baseline", "pss-restricted"],
  inspects: "container",
  showable: ["host"],
  demand: {
    clauses: [
      ...["livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"].flatMap(
        place =>
          ["httpGet", "tcpSocket"].map(way => ({
            of: "container" as const,
            path: `${place}.${way}.host`,
            want: { oneOf: [""] },
            needed: "none",
          })),
      ),
    ],
  },
  examples: () => [
    ...valuesAt(["Deployment", `${at.container}.livenessProbe`], {
      met: [{ tcpSocket: { port: 8080, host: "" } }],
      notMet: [
        [{ httpGet: { port: 80, host: "10.0.0.1" } }, 'livenessProbe.httpGet.host is "10.0.0.1"; need none'],
        [{ tcpSocket: { port: 80, host: "db" } }, 'livenessProbe.tcpSocket.host is "db"; need none'],
      ],
      unverifiable: [{ httpGet: { port: 80, host: notKnown.string } }],
    }),
    ...valuesAt(["Deployment", `${at.container}.readinessProbe.httpGet.host`], {
      notMet: [["10.0.0.1", "readinessProbe.httpGet.host"]],
    }),
    ...valuesAt(["Deployment", `${at.container}.startupProbe`], {
      notMet: [[{ httpGet: { port: 80, host: "x" } }, "startupProbe.httpGet.host"]],
    }),
    ...valuesAt(["Deployment", `${at.container}.lifecycle`], {
      notMet: [
        [{ postStart: { tcpSocket: { port: 1, host: "x" } } }, "lifecycle.postStart.tcpSocket.host"],
        [{ preStop: { httpGet: { port: 1, host: "x" } } }, "lifecycle.preStop.httpGet.host"],
      ],
    }),
  ],
});
