import type { AdmissionPolicy } from "../../model/admission";
import { demandExpression, podVariables } from "./cel";
import type { AnyRule } from "./rule";

/** Kinds that make pods, by group, as the API server names them. Pods come with their debug containers. */
const podKinds: Record<string, string[]> = {
  "": ["pods", "pods/ephemeralcontainers", "podtemplates", "replicationcontrollers"],
  apps: ["daemonsets", "deployments", "replicasets", "statefulsets"],
  batch: ["cronjobs", "jobs"],
  "argoproj.io": ["rollouts"],
};

/** Kinds of other objects that demands name, as the API server names them. */
const plurals: Record<string, string> = {
  "/Service": "services",
  "networking.k8s.io/Ingress": "ingresses",
  "/ServiceAccount": "serviceaccounts",
  "/PersistentVolumeClaim": "persistentvolumeclaims",
  "batch/Job": "jobs",
  "batch/CronJob": "cronjobs",
  "apps/Deployment": "deployments",
  "apps/StatefulSet": "statefulsets",
  "autoscaling/HorizontalPodAutoscaler": "horizontalpodautoscalers",
  "policy/PodDisruptionBudget": "poddisruptionbudgets",
  "rbac.authorization.k8s.io/RoleBinding": "rolebindings",
};

const resourceRule = (group: string, resources: string[]) => ({
  apiGroups: [group],
  apiVersions: ["*"],
  resources,
  operations: ["CREATE", "UPDATE"],
});

/**
 * What of the rules the API server can hold everybody to. A rule is in it whole or not at all: it needs a demand, and
 * every kind its demand names must be one the server is asked about. Pod security holds for operators too.
 */
export function admissionPolicies(rules: readonly AnyRule[]): AdmissionPolicy[] {
  const admitted = rules.filter(isAdmissible);
  const aboutPods = admitted.filter(one => one.demand!.clauses[0]!.of !== "object");
  const isSecurity = (rule: AnyRule) => rule.groups?.some(group => group.startsWith("pss-")) ?? false;
  const podRules = Object.entries(podKinds).map(([group, resources]) => resourceRule(group, resources));
  const pods = [
    { name: "pod-security", forAll: true, rules: aboutPods.filter(isSecurity) },
    { name: "pods", forAll: false, rules: aboutPods.filter(one => !isSecurity(one)) },
  ].map(({ name, forAll, rules: own }) => ({
    name,
    forAll,
    resourceRules: podRules,
    variables: podVariables,
    validations: own.flatMap(validationsOf),
  }));
  const aboutObjects = admitted.filter(one => one.demand!.clauses[0]!.of === "object");
  const kindLists = new Set(aboutObjects.map(kindsOf));
  const objects = [...kindLists].map(list => {
    const kinds = list.split(" ");
    return {
      name: kinds.map(kind => plurals[kind]!).join("-"),
      forAll: false,
      resourceRules: kinds.map(kind => resourceRule(kind.split("/")[0]!, [plurals[kind]!])),
      variables: [],
      validations: aboutObjects.filter(one => kindsOf(one) === list).flatMap(validationsOf),
    };
  });
  return [...pods, ...objects].filter(one => one.validations.length > 0);
}

export const isAdmissible = ({ demand }: AnyRule): boolean =>
  demand !== undefined &&
  !demand.types &&
  demand.clauses.every(({ of }) => of !== "object" || demand.kinds?.every(kind => kind in plurals));

const kindsOf = ({ demand }: AnyRule): string => demand!.kinds!.join(" ");

/** The rule's id ends the message: whoever is refused can look it up. */
const validationsOf = ({ id, title, fix, demand }: AnyRule): AdmissionPolicy["validations"] => [
  { rule: id, expression: demandExpression(demand!), message: `${title} ${fix} [${id}]` },
];
