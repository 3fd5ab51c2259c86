/** Nodes without machines behind them, and how they live: what kwok does with them and with the pods on them. */

const zones = ["zone-a", "zone-b", "zone-c"];

const nodeIn = (zone: string): object => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: {
    name: `node-${zone}`,
    annotations: { "kwok.x-k8s.io/node": "fake", "node.alpha.kubernetes.io/ttl": "0" },
    labels: {
      "kubernetes.io/hostname": `node-${zone}`,
      "kubernetes.io/os": "linux",
      "topology.kubernetes.io/zone": zone,
    },
  },
});

export const nodes: readonly object[] = zones.map(nodeIn);

const is = (key: string, operator: string, ...values: string[]) => ({
  key,
  operator,
  ...(values.length > 0 ? { values } : {}),
});
const ready = `.status.conditions.[] | select( .type == "Ready" ) | .status`;
const beat = `conditions:
{{ $now := Now }}
{{ range NodeConditions }}
- {type: {{ .type | Quote }}, status: {{ .status | Quote }}, reason: {{ .reason | Quote }}, message: {{ .message | Quote }}, lastHeartbeatTime: {{ $now | Quote }}}
{{ end }}`;
const room = "{cpu: 256, memory: 1Ti, pods: 2000}";
const runs = `phase: Running
startTime: {{ Now | Quote }}
conditions:
{{ range $type := list "Initialized" "ContainersReady" "Ready" }}
- {type: {{ $type }}, status: "True", lastTransitionTime: {{ Now | Quote }}}
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- {name: {{ .name | Quote }}, image: {{ .image | Quote }}, ready: true, restartCount: 0, state: {running: {startedAt: {{ Now | Quote }}}}}
{{ end }}`;

const stage = (name: string, of: string, matchExpressions: object[], next: object, more: object = {}): object => ({
  apiVersion: "kwok.x-k8s.io/v1alpha1",
  kind: "Stage",
  metadata: { name },
  spec: { resourceRef: { apiGroup: "v1", kind: of }, selector: { matchExpressions }, next, ...more },
});

/** kwok's configuration: nodes become ready and stay so, pods run at once and go when they are told to. */
export const stages: readonly object[] = [
  stage("node-begins", "Node", [is(ready, "NotIn", "True")], {
    statusTemplate: `phase: Running\nallocatable: ${room}\ncapacity: ${room}\n${beat}`,
  }),
  stage(
    "node-lives",
    "Node",
    [is(ready, "In", "True")],
    { statusTemplate: beat },
    { delay: { durationMilliseconds: 20_000 }, immediateNextStage: true },
  ),
  stage("pod-runs", "Pod", [is(".metadata.deletionTimestamp", "DoesNotExist"), is(".status.phase", "In", "Pending")], {
    statusTemplate: runs,
  }),
  stage("pod-goes", "Pod", [is(".metadata.deletionTimestamp", "Exists")], { delete: true }),
];
