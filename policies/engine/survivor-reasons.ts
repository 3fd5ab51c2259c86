import type { Weakening } from "./sabotage";

/** A reason, and what it is of. */
interface Reason {
  kind?: RegExp;
  path: RegExp;
  how?: readonly Weakening["how"][];
  reason: string;
}

const pod = "spec\\.(?:jobTemplate\\.spec\\.)?template\\.spec";
const container = `${pod}\\.(?:init)?[cC]ontainers\\.#`;

/**
 * Why weakenings that no rule notices are none. Each stands for what the API server, an operator or AWS makes of it; one that
 * nobody can give a reason for is a hole, and fails the tests.
 */
const written: readonly Reason[] = [
  {
    path: /^(metadata|spec|data|rules|subjects|roleRef)$/,
    how: ["dropped", "zeroed", "flipped"],
    reason: "an object without it is refused by the API server, or says nothing that could be wrong",
  },
  {
    path: /^metadata\.(name|namespace)$/,
    reason:
      "then it is another object: what refers to it is judged by the rules on references, and what is refused without it by the API server",
  },
  { path: /^apiVersion$/, reason: "the engine names the version by the resource's type" },
  {
    path: /labels\.app\.kubernetes\.io\/(managed-by|part-of|version)$/,
    reason: "a label that groups on dashboards; nothing is picked by it alone",
  },
  {
    path: /^metadata\.labels/,
    reason: "the object is no longer found by that label, so the rule looks at the others that have it",
  },
  {
    path: /^metadata\.annotations/,
    how: ["dropped", "zeroed", "flipped"],
    reason: "it then declares nothing: what has to be declared is asked of the stack, not of each object",
  },
  { path: /^metadata\.finalizers/, reason: "another rule protects the store from deletion; this one adds to it" },
  { path: /^\(protect\)$/, reason: "protection of what holds no data: made anew, it is the same" },
  {
    path: new RegExp(`^${pod.replace("\\.spec", "")}(\\.metadata.*)?$`),
    reason: "pods without labels are picked by nothing: what has to pick them is judged by the rules on references",
  },
  {
    path: /^spec\.template(\.metadata.*)?$/,
    reason: "pods without labels are picked by nothing: what has to pick them is judged by the rules on references",
  },
  {
    path: /^spec\.jobTemplate\.spec\.template\.metadata/,
    reason: "pods of a job serve nobody: nothing has to pick them",
  },
  {
    path: new RegExp(`^${container}(\\.env.*)?$|^${pod}\\.(initC|c)ontainers$`),
    reason: "a job without it fails, which its alert tells; it does not pass for a backup that was made",
  },
  {
    path: new RegExp(
      `^${container}\\.(lifecycle|livenessProbe|readinessProbe|startupProbe|ports|securityContext\\.(appArmorProfile|seLinuxOptions|windowsOptions|capabilities\\.add|runAsUser))$`,
    ),
    how: ["flipped"],
    reason: "a switch where an object, a list or a number is wanted: the API server refuses it",
  },
  {
    path: new RegExp(`^${container}\\.(lifecycle\\.preStop|(liveness|readiness)Probe\\.httpGet)$`),
    how: ["zeroed"],
    reason: "a probe or hook without its port or command: the API server refuses it",
  },
  {
    path: new RegExp(`^(${container}|${pod})\\.securityContext(\\.(runAsNonRoot|runAsUser|seccompProfile.*))?$`),
    how: ["dropped", "zeroed", "flipped"],
    reason: "it stands twice, for the pod and for the container: the other one holds",
  },
  {
    path: new RegExp(`^${pod}\\.securityContext\\.`),
    how: ["flipped"],
    reason: "a switch where an object or a list is wanted: the API server refuses it",
  },
  {
    path: new RegExp(`^${pod}\\.(hostUsers|nodeSelector|os)$`),
    how: ["flipped"],
    reason: "its default, or a switch where an object is wanted: the API server refuses that",
  },
  {
    path: new RegExp(`^${pod}\\.(affinity|topologySpreadConstraints)`),
    reason:
      "affinity and spread both keep the pods apart: the other one holds, or the place is spread by a second constraint",
  },
  {
    path: new RegExp(`^${pod}\\.volumes`),
    reason:
      "a mount without its volume, or a volume without a kind, is refused by the API server; a larger directory is bounded by the limit on ephemeral storage",
  },
  {
    path: /^(blockDeviceMappings|encryptionConfig)/,
    reason: "the account encrypts volumes by default, which another rule asks for",
  },
  {
    path: /^(egress|ingress|cidrIpv[46])(\.|$)/,
    reason: "less is let in or out, or the engine refuses what is no network",
  },
  {
    path: /^(deletionWindowInDays|recoveryWindowInDays|retentionInDays)$/,
    how: ["flipped"],
    reason: "longer than asked; AWS refuses what is beyond its range",
  },
  {
    path: /^(description|keyUsage|policy|forceDelete|includeGlobalServiceEvents|enableLogging|mapPublicIpOnLaunch)$/,
    reason: "AWS' default is the safe value, or the text says nothing that is judged",
  },
  { path: /^metadataOptions\.httpPutResponseHopLimit$/, reason: "AWS' default is one hop, which is stricter" },
  { path: /^policyArn/, reason: "a role with fewer rights, or a policy that does not exist, which AWS refuses" },
  { path: /^(provisioner)$/, reason: "a class that provisions nothing: claims wait, nothing is lost" },
  {
    path: /^(rules\.#|roleRef|subjects\.#)/,
    kind: /Role|RoleBinding/,
    reason: "fewer rights, or rights on what does not exist; wider ones are spelled * and are noticed",
  },
  { path: /^rules\.#\.applyServerSideEncryption/, reason: "a kind of encryption that does not exist: AWS refuses it" },
  { path: /^scalingConfig\.minSize$/, how: ["flipped"], reason: "more nodes than asked" },
  {
    path: /^vpcConfig\.(endpointPublicAccess|publicAccessCidrs)/,
    reason: "the other of the two closes it: named networks, or no public endpoint",
  },
  { path: /^data\./, kind: /ConfigMap/, reason: "not a dashboard: the rule looks through every ConfigMap for those" },
  { path: /^spec\.affinity\.enablePodAntiAffinity$/, how: ["dropped"], reason: "the operator's default is true" },
  {
    path: /^spec\.(backup|managed|bootstrap)/,
    kind: /Cluster|PerconaServerMongoDB/,
    reason:
      "what it holds is asked for by the rules on backups, roles and encryption of the same store; this rule looks past it",
  },
  {
    path: /^spec\.(unsafeFlags|behavior|externalIPs|loadBalancerSourceRanges)$/,
    reason: "a switch where an object or a list is wanted: the API server refuses it",
  },
  {
    path: /^spec\.circuitBreaker\./,
    how: ["zeroed", "flipped"],
    reason: "a breaker with another limit: which one is right, load tests tell",
  },
  {
    path: /^spec\.(concurrencyPolicy|startingDeadlineSeconds|jobTemplate\.spec\.(activeDeadlineSeconds|backoffLimit))$/,
    reason: "refused by the API server where it is no value; a longer deadline is still one",
  },
  {
    path: /^spec\.(dnsNames|privateKey|isCA|duration|renewBeforePercentage|secretName|issuerRef)/,
    kind: /Certificate/,
    reason: "cert-manager's default is what is asked, or a certificate that nobody's name fits: clients refuse it",
  },
  {
    path: /^spec\.(egress|podSelector|policyTypes)/,
    kind: /NetworkPolicy/,
    reason:
      "less is let through, or what every pod is denied by default, by a policy of its own; what opens everything on every port is noticed",
  },
  { path: /^spec\.enableSuperuserAccess$/, how: ["dropped"], reason: "the operator's default is false" },
  {
    path: /^spec\.(endpoints|selector|namespaceSelector)/,
    kind: /Monitor|Probe/,
    reason:
      "a monitor that scrapes something else as well, or a second one that scrapes the same; what nobody scrapes is noticed",
  },
  {
    path: /^spec\.(fallback|minReplicaCount|maxReplicas|scaleTargetRef)/,
    kind: /ScaledObject|HorizontalPodAutoscaler/,
    reason: "more pods than asked, or a default that is the same",
  },
  {
    path: /^spec\.groups\.#/,
    kind: /PrometheusRule/,
    reason: "one rule of several that say the same objective at other windows; the last one that is left is noticed",
  },
  {
    path: /^spec\.hard/,
    kind: /ResourceQuota/,
    reason: "a quota that does not bound this: which has to, another rule says (GL-RES-02)",
  },
  { path: /^spec\.hostnames/, reason: "a route without the name, or with one that no listener lets in" },
  {
    path: /^spec\.(instances|replicas|minAvailable)$/,
    how: ["flipped", "zeroed", "dropped"],
    reason: "more than asked, or a default that is enough; fewer are noticed by the rules on members",
  },
  {
    path: /^spec\.listeners\.#/,
    reason: "the gateway's default is to end TLS and to let in routes of its own namespace only",
  },
  {
    path: /^spec\.metrics\.#/,
    kind: /AnalysisTemplate/,
    reason: "the other condition, or the other metrics, still fail a release",
  },
  { path: /^spec\.persistentVolumeClaimRetentionPolicy/, reason: "the API server's default is to keep the claims" },
  {
    path: /^spec\.pgbouncer\./,
    how: ["zeroed"],
    reason: "no connection of the pool: clients are refused, the server is not overrun",
  },
  { path: /^spec\.podSelector$/, kind: /PodDisruptionBudget/, reason: "not a field of it" },
  {
    path: /^spec\.ports\.#/,
    kind: /Service/,
    reason: "a port that leads nowhere: who names it is noticed, and the API server refuses a Service without any",
  },
  {
    path: /^spec\.postgresql\./,
    reason:
      "the server's and the operator's defaults are the safe values; what is no value the server refuses to start with",
  },
  {
    path: /^spec\.(progressDeadlineSeconds|refreshInterval|refreshPolicy|revisionHistoryLimit|strategy\.type|strategy|updateStrategy.*)$/,
    reason: "the API server's or the operator's default is what is asked",
  },
  {
    path: /^spec\.responseOverride$/,
    reason: "callers get the error itself: the declared answer is asked for where the dependency is declared",
  },
  {
    path: /^spec\.rules/,
    kind: /HTTPRoute/,
    reason: "a route that leads nowhere: what it should lead to is noticed as unreached",
  },
  {
    path: /^spec\.(secretStoreRef|target|secrets)/,
    reason: "the operator's default is what is asked, or it makes no Secret: who reads it is noticed",
  },
  {
    path: /^spec\.selector/,
    kind: /Service|Deployment|Rollout|StatefulSet|PodDisruptionBudget/,
    reason:
      "it picks more than its own; the API server refuses a workload whose selector does not pick its pods, and what picks nothing is noticed",
  },
  { path: /^spec\.storage\./, reason: "the operator's default keeps data in a claim of the stack's class" },
  { path: /^spec\.strategy\.(canary|blueGreen)/, reason: "refused by the controller, or a step that waits for people" },
  {
    path: /^spec\.type$/,
    kind: /Service/,
    reason: "the default is reached from inside only; what is no type the API server refuses",
  },
  {
    path: /^spec\.volumeClaimTemplates/,
    reason: "then it keeps nothing that has to be backed up; that stores keep data, another rule says",
  },
  {
    path: /^spec\.limits/,
    kind: /LimitRange/,
    reason: "one amount of several; a range that bounds nothing is noticed (GL-RES-02)",
  },
  {
    path: /^spec\.replsets\.#\.(size|affinity)/,
    kind: /PerconaServerMongoDB/,
    how: ["dropped", "zeroed"],
    reason: "the operator's defaults are three members, on hosts of their own",
  },
  {
    path: /^spec\.configuration/,
    kind: /ObjectStore/,
    reason: "the API server refuses one without; where nothing is archived, the alert on archiving tells",
  },
  {
    path: /^spec\.(cluster|suspend|schedule)/,
    kind: /ScheduledBackup/,
    reason: "the store has a second schedule; once none is left it is noticed (GL-BAK-01)",
  },
  {
    path: /^$/,
    how: ["taken away"],
    reason: "what the rule looked up is asked for where it has to be; without it there is nothing it could contradict",
  },
];

/** All written reasons. */
export const writtenReasons: readonly string[] = written.map(one => one.reason);

/** Why a weakening is none, as somebody wrote it; undefined where nobody did. */
export const reasonOf = ({
  kind,
  path,
  how,
}: {
  kind: string;
  path: string;
  how: Weakening["how"];
}): string | undefined =>
  written.find(one => (one.kind?.test(kind) ?? true) && one.path.test(path) && (one.how?.includes(how) ?? true))
    ?.reason;
