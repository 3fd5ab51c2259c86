import { registeredBy as registered } from "../../cli/in-process/check";
import type { Registered } from "../../cli/in-process/engine";
import { readProject } from "../../cli/project";
import { encode } from "../../local/providers/wire";
import { root } from "../../local/state";
import type { TreeObject } from "../../model/unknown";
import { openSession } from "../../policies/engine/session";
import { readStackFile } from "../../stacks/files";

/** Everything our program registers for a stack of this checkout, run as it is; only the engine is ours. */
export function registeredBy(stack: string): Promise<Registered[]> {
  const project = readProject(root);
  return registered(project, stack, readStackFile(project.stackDir, stack).config);
}

/** Violations of a set of resources at production, as `rule resource`. */
export function violations(all: Registered[]): string[] {
  const session = openSession({ project: "greenlight", stack: "local", tier: "production", phase: "preview" });
  const results = all.flatMap(one => session.onResource(one.urn, one.type, encode(one.inputs)));
  results.push(
    ...session.onStack(
      all.map(({ urn, type, outputs, protect, parent }) => ({ urn, type, props: encode(outputs), protect, parent })),
    ),
  );
  return results.flatMap(result => result.findings.map(finding => `${finding.rule} ${finding.resource}`));
}

/** `Kind namespace/name` of a Kubernetes object, `Kind name` of anything else. */
export const nameOf = ({ urn, type, inputs }: Registered): string => {
  const { name, namespace } = (inputs.metadata ?? {}) as { name?: string; namespace?: string };
  return `${type.split(":").pop()} ${namespace ? `${namespace}/` : ""}${name ?? urn.split("::").pop()}`;
};

/** What is taken away, where, what stands there then, and the rule that must say so. */
export type Weakening = [what: string, resource: string, path: string, value: unknown, rule: string];

/** Violations of the resources with one value changed; `a+b` below the last dot means both, undefined removes. */
export function violationsWith(all: Registered[], resource: string, place: string, value: unknown): string[] {
  const hit = all.findIndex(one => nameOf(one) === resource);
  if (hit < 0) throw new Error(`the stack holds no ${resource}`);
  return violations(
    all.map((one, index) => {
      if (index !== hit) return one;
      const changed = { ...one, inputs: copy(one.inputs), outputs: copy(one.outputs) };
      for (const tree of [changed.inputs, changed.outputs]) change(tree, place, value);
      return changed;
    }),
  );
}

function change(tree: TreeObject, place: string, value: unknown): void {
  const steps = place.split(".");
  const last = steps.pop()!;
  const holder = steps.reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, tree);
  for (const key of last.split("+"))
    if (value === undefined) delete holder[key];
    else holder[key] = value;
}

/** A deep copy that keeps the symbol for an unknown as it is. */
function copy(tree: TreeObject): TreeObject {
  const walk = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(walk)
      : typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item)]))
        : value;
  return walk(tree) as TreeObject;
}

/** The reasons a component gives for refusing its arguments; none when it takes them. */
export function reasonsOf(build: () => unknown): string[] {
  try {
    build();
  } catch (error) {
    return (error as { errors: { reason: string }[] }).errors.map(one => one.reason);
  }
  return [];
}
