import type { Waiver } from "../../model/waiver";

/** What an exception names: kind, namespace and name, as findings write them (`DaemonSet shop/agent`). */
const named = /^([A-Z]\w*) (?:([a-z0-9-]+)\/)?([a-z0-9.-]+)$/;

/** What the cluster makes of an object by way of another one, whose name begins with the first one's. */
const between: Record<string, { kind: string; rest: string }> = {
  Deployment: { kind: "ReplicaSet", rest: "[0-9a-z]+" },
  Rollout: { kind: "ReplicaSet", rest: "[0-9a-z]+" },
  CronJob: { kind: "Job", rest: "[0-9]+" },
};

const literal = (text: string): string => JSON.stringify(text);

/**
 * CEL that is true for objects which a rule lets off by an exception: the object itself, and what controllers make of it,
 * for a pod has to meet what its owner has to. Undefined where the rule has none.
 * @param controllers CEL that is true where the cluster's own controllers ask: nobody else is believed whose an object is
 */
export function letOff(rule: string, waivers: readonly Waiver[], controllers: string): string | undefined {
  const found = waivers.filter(one => one.rule === rule).flatMap(one => expression(one.resource, controllers) ?? []);
  return found.length > 0 ? [...new Set(found)].join(" || ") : undefined;
}

function expression(resource: string, controllers: string): string | undefined {
  const [, kind, namespace = "default", name] = named.exec(resource) ?? [];
  if (kind === undefined || name === undefined) return undefined;
  const owners = [`o.kind == ${literal(kind)} && o.name == ${literal(name)}`];
  const made = between[kind];
  if (made)
    owners.push(
      `o.kind == ${literal(made.kind)} && o.name.matches(${literal(`^${name.replaceAll(".", "\\.")}-${made.rest}$`)})`,
    );
  const itself = `object.kind == ${literal(kind)} && object.metadata.?name.orValue("") == ${literal(name)}`;
  const owned = `object.metadata.?ownerReferences.orValue([]).exists(o, o.?controller.orValue(false) && (${owners.join(" || ")}))`;
  return `(request.namespace == ${literal(namespace)} && (${itself} || (${controllers} && ${owned})))`;
}
