import { UNKNOWN } from "../../model/unknown";
import { containers, pods, templateMetadata } from "./kubernetes";
import { reading } from "./reading";
import { remembered } from "./remembered";
import type { Resource } from "./resource";
import type { AnyRule, Judgement, Rule, Subject, Violation } from "./rule";
import { defineRule } from "./rule";

/**
 * Demands: what single values of one object must be, as data. CrossGuard, `greenlight check` and the API server's own
 * admission (engine/cel.ts) all follow from the same clauses, so they cannot say different things.
 */

export type Scalar = string | number | boolean;

/** What a value must be. Texts of `matches` are expressions that RE2 and JavaScript read alike. */
export type Want =
  | { oneOf: readonly Scalar[] }
  | { noneOf: readonly Scalar[] }
  | { matches: string }
  /** A list that holds this. */
  | { includes: Scalar }
  /** A list that holds none of these. */
  | { excludes: readonly Scalar[] }
  /** An object with no keys but these. */
  | { keysWithin: readonly string[] }
  | { atLeast: number }
  | { atMost: number }
  | { absent: true }
  | { present: true }
  /** A list with something in it. */
  | { filled: true };

/** Things a clause can be about: a pod, its metadata, each of its containers, or the whole object. */
export type Of = "pod" | "template" | "container" | "object";

export interface Clause {
  of: Of;
  /** Path below: `a.b`; `list[]` steps into every item, `map{prefix}` into every entry whose key begins so. */
  path: string;
  want: Want;
  /** Asked only where the object (for pods and containers: the pod) has this value there, or any where none is said. */
  when?: { path: string; is?: Scalar };
  /** Absent is a violation too; `present`, `filled`, `includes` and `atLeast` ask for it anyway. */
  required?: true;
  /** For containers: where the container says nothing, what its pod says at the same path counts. */
  orPod?: true;
  needed: string;
}

/** When the rule has nothing to ask: a value of the pod (of the object, for clauses about objects). */
export interface Exemption {
  path: string;
  is: Scalar;
  because: string;
}

export interface Demand {
  clauses: readonly Clause[];
  unless?: readonly Exemption[];
  /** For clauses about objects: `group/Kind`, such as `/Service` or `apps/Deployment`. */
  kinds?: readonly string[];
  /** For clauses about objects outside Kubernetes: Pulumi type tokens. */
  types?: readonly string[];
}

interface Demanded {
  of: Of;
  value: unknown;
  /** What exemptions and `orPod` are read from. */
  around: unknown;
}

/** A rule made of a demand alone: everything but its check is written by hand, the check follows. */
export function demandRule(
  rule: Omit<Rule<Demanded>, "subjects" | "check" | "scope" | "demand"> & { demand: Demand },
): AnyRule {
  const { demand } = rule;
  const asked = [...new Set(demand.clauses.map(one => one.of))];
  return defineRule<Demanded>({
    ...rule,
    scope: "resource",
    subjects: resource => asked.flatMap(of => subjectsOf(resource, of, demand)),
    check: one => judgeDemand(demand, one),
  });
}

/** The parts of a pod that clauses can be about, found once for all demands. */
const partsOf: Record<Exclude<Of, "object">, (resource: Resource) => readonly Subject<Demanded>[]> = {
  pod: part("pod", pods, pod => ({ value: pod, around: pod })),
  template: part("template", templateMetadata, metadata => ({ value: metadata, around: undefined })),
  container: part("container", containers, ({ container, pod }) => ({ value: container, around: pod })),
};

function part<T>(
  of: Of,
  find: (resource: Resource) => readonly Subject<T>[],
  read: (value: T) => { value: unknown; around: unknown },
): (resource: Resource) => readonly Subject<Demanded>[] {
  return remembered((resource: Resource) =>
    find(resource).map(one => ({ resource, path: one.path, read: () => ({ of, ...read(one.read()) }) })),
  );
}

/** Whether a demand's clauses about objects are about this one. */
function isAbout({ kinds, types }: Demand, { group, kind, type }: Resource): boolean {
  if (kind === undefined) return types?.includes(type) ?? false;
  return kinds?.includes(`${group}/${kind.replace(/Patch$/, "")}`) ?? false;
}

/** Whether a demand can have anything to ask of a resource: of most it has not, which is told faster than by judging. */
export const concerns = (demand: Demand, resource: Resource): boolean =>
  isAbout(demand, resource) || (pods(resource).length > 0 && demand.clauses.some(one => one.of !== "object"));

function subjectsOf(resource: Resource, of: Of, demand: Demand): readonly Subject<Demanded>[] {
  if (of !== "object") return partsOf[of](resource);
  if (!isAbout(demand, resource)) return [];
  const read = () => reading<unknown>(resource.props, "", resource);
  return [{ resource, path: "", read: () => ({ of, value: read(), around: read() }) }];
}

function judgeDemand({ clauses, unless = [] }: Demand, { of, value, around }: Demanded): Judgement {
  const exempt = unless.find(one => isObject(around) && at(around, one.path) === one.is);
  if (exempt) return { notApplicable: exempt.because };
  const found: Violation[] = [];
  for (const one of clauses)
    if (one.of === of && isAsked(one, around)) walk(found, one, value, knownSteps(one), 0, "", around);
  return found;
}

/** The same few hundred clauses judge every object. */
const knownSteps = remembered((clause: Clause) => stepsOf(clause.path));

function isAsked({ when }: Clause, around: unknown): boolean {
  if (!when) return true;
  const value = isObject(around) ? at(around, when.path) : undefined;
  return when.is === undefined ? !isAbsent(value) : value === when.is;
}

/** One step of a clause's path: into a member, every item of a list, or every entry whose key begins so. */
export interface Step {
  name: string;
  each?: "item" | "entry";
  prefix: string;
}

export const stepsOf = (path: string): Step[] =>
  [...path.matchAll(/([^.[{]+)(\[\])?(?:\{([^}]*)\})?/g)].map(([, name, list, prefix]) => ({
    name: name!,
    ...(list ? { each: "item" as const } : prefix === undefined ? {} : { each: "entry" as const }),
    prefix: prefix ?? "",
  }));

/** Follows a clause's path from one of its steps on, to every value it is about. */
function walk(
  found: Violation[],
  clause: Clause,
  value: unknown,
  steps: readonly Step[],
  at: number,
  path: string,
  around: unknown,
): void {
  const { name, each, prefix } = steps[at]!;
  const here = path ? `${path}.${name}` : name;
  const isLast = at === steps.length - 1;
  // A reference that is there but not known yet is there; nobody asks more of it.
  const isReference = isLast && !each && "present" in clause.want;
  if (isReference && isObject(value) && Object.getOwnPropertyDescriptor(value, name)?.value === UNKNOWN) return;
  const child = isObject(value) ? value[name] : undefined;
  const follow = (next: unknown, place: string) =>
    isLast ? judgeValue(found, clause, next, place, around) : walk(found, clause, next, steps, at + 1, place, around);
  if (each === "item") {
    const items = (child ?? []) as unknown[];
    for (let index = 0; index < items.length; index++) follow(items[index], `${here}[${index}]`);
  } else if (each === "entry") {
    const entries = (child ?? {}) as Record<string, unknown>;
    for (const key of Object.keys(entries))
      if (key.startsWith(prefix)) follow(entries[key], `${here}.${JSON.stringify(key)}`);
  } else follow(child, here);
}

function judgeValue(all: Violation[], clause: Clause, own: unknown, place: string, around: unknown): void {
  const { want, required, orPod, needed, path } = clause;
  const value = isAbsent(own) && orPod && isObject(around) ? at(around, path) : own;
  const isRight = isAbsent(value) ? !(required || needsValue(want)) : isWanted(want, value);
  if (isRight) return;
  const found = describe(want, value);
  all.push({ path: place, value, needed, ...(found ? { found } : {}) });
}

/** True for what nothing at all cannot meet. */
export const needsValue = (want: Want): boolean =>
  "present" in want || "filled" in want || "includes" in want || "atLeast" in want;

/** What was found, where the value itself would not say it. */
function describe(want: Want, value: unknown): string | undefined {
  if ("includes" in want) return isAbsent(value) ? undefined : `without ${want.includes}`;
  if ("excludes" in want && Array.isArray(value))
    return `with ${want.excludes.filter(one => has(value, one)).join(", ")}`;
  if ("keysWithin" in want && isObject(value)) return strangers(want.keysWithin, value).join(", ");
  if ("absent" in want && !isAbsent(value)) return "set";
  return undefined;
}

function isWanted(want: Want, value: unknown): boolean {
  if ("oneOf" in want) return want.oneOf.includes(value as Scalar);
  if ("noneOf" in want) return !want.noneOf.includes(value as Scalar);
  if ("matches" in want) return typeof value === "string" && new RegExp(want.matches).test(value);
  if ("includes" in want) return Array.isArray(value) && has(value, want.includes);
  if ("excludes" in want) return !want.excludes.some(one => has(value as unknown[], one));
  if ("keysWithin" in want) return isObject(value) && strangers(want.keysWithin, value).length === 0;
  if ("atLeast" in want) return typeof value === "number" && value >= want.atLeast;
  if ("atMost" in want) return typeof value === "number" && value <= want.atMost;
  if ("filled" in want) return Array.isArray(value) && value.length > 0;
  return "present" in want;
}

/** Each item is read, so that one that is not known is not taken for another. */
const has = (list: unknown[], wanted: Scalar): boolean =>
  Array.from({ length: list.length }, (_, index) => list[index]).some(one => one === wanted);

const strangers = (known: readonly string[], value: Record<string, unknown>) =>
  Object.keys(value).filter(key => !known.includes(key) && !isAbsent(value[key]));

const at = (value: Record<string, unknown>, path: string): unknown =>
  path.split(".").reduce<unknown>((holder, key) => (isObject(holder) ? holder[key] : undefined), value);

const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A value that a clause has something against, and the steps to where it goes: lists get a first item. */
export function spoiled({ path, want }: Clause): { steps: string[]; value: unknown } {
  const steps = stepsOf(path).flatMap(({ name, each, prefix }) =>
    each === "item"
      ? [name, "0"]
      : each === "entry"
        ? [name, /\/$/.test(prefix) ? `${prefix}weakened` : prefix]
        : [name],
  );
  return { steps, value: badValue(want) };
}

function badValue(want: Want): unknown {
  if ("oneOf" in want)
    return typeof want.oneOf[0] === "boolean"
      ? !want.oneOf[0]
      : typeof want.oneOf[0] === "number"
        ? 65_000
        : "weakened";
  if ("noneOf" in want) return want.noneOf[0];
  if ("matches" in want) return "*";
  if ("includes" in want || "filled" in want) return [];
  if ("excludes" in want) return [...want.excludes];
  if ("keysWithin" in want) return { name: "weakened", weakened: {} };
  if ("atLeast" in want) return want.atLeast - 1;
  if ("atMost" in want) return want.atMost + 1;
  return "absent" in want ? "weakened" : undefined;
}
