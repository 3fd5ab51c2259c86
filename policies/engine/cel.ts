import type { Clause, Demand, Scalar, Step, Want } from "./demand";
import { needsValue, stepsOf } from "./demand";

/**
 * Clauses as expressions of the API server's admission (CEL). They read `variables.pod`, `variables.template` and
 * `variables.containers`, which `podVariables` defines for every kind that makes pods.
 */

/** A whole demand as one expression that is true where the object is right. */
export function demandExpression({ clauses, unless = [] }: Demand): string {
  const all = (asked: readonly Clause[]) => asked.map(clauseExpression).join(" && ");
  // A template's metadata says nothing of its pod, so exemptions do not reach it.
  const free = clauses.filter(one => one.of === "template");
  const bound = clauses.filter(one => one.of !== "template");
  const around = bound[0]?.of === "object" ? "object" : "variables.pod";
  const exempt = unless.map(one => `${chain(around, one.path.split("."))} == optional.of(${literal(one.is)})`);
  const held = exempt.length > 0 ? [`(${[...exempt, `(${all(bound)})`].join(" || ")})`] : bound.map(clauseExpression);
  return [...held, ...free.map(clauseExpression)].join(" && ");
}

function clauseExpression(clause: Clause): string {
  const { of, path, when } = clause;
  const asked =
    of === "container"
      ? `variables.containers.all(c, ${follow(clause, "c", stepsOf(path))})`
      : follow(clause, holders[of], stepsOf(path));
  if (!when) return asked;
  const around = of === "object" ? "object" : "variables.pod";
  const given = chain(around, when.path.split("."));
  return when.is === undefined
    ? `(!${given}.hasValue() || ${asked})`
    : `(${given} != optional.of(${literal(when.is)}) || ${asked})`;
}

const holders = { pod: "variables.pod", template: "variables.template", object: "object" };

/** What the clauses about pods read, by name. Only kinds that `podKinds` lists reach them. */
export const podVariables = [
  {
    name: "template_of",
    expression:
      'object.kind == "Pod" ? object : object.kind == "PodTemplate" ? object.?template.orValue({}) : ' +
      'object.kind == "CronJob" ? object.?spec.jobTemplate.spec.template.orValue({}) : ' +
      "object.?spec.template.orValue({})",
  },
  { name: "pod", expression: "variables.template_of.?spec.orValue({})" },
  { name: "template", expression: "variables.template_of.?metadata.orValue({})" },
  {
    name: "containers",
    expression: ["containers", "initContainers", "ephemeralContainers"]
      .map(kind => `variables.pod.?${kind}.orValue([])`)
      .join(" + "),
  },
];

/** `a.?b.?c`, an optional: absent anywhere on the way is absent. */
const chain = (holder: string, steps: string[]): string => holder + steps.map(step => `.?${field(step)}`).join("");

const namesOf = (steps: Step[]): string[] => steps.map(step => step.name);

const field = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `[${literal(name)}]`);

/** Nested loops need names of their own: hence the depth. */
function follow(clause: Clause, holder: string, steps: Step[], depth = 0): string {
  const index = steps.findIndex(step => step.each);
  if (index < 0) return test(clause, chain(holder, namesOf(steps)));
  const { each, prefix } = steps[index]!;
  const place = chain(holder, namesOf(steps.slice(0, index + 1)));
  const rest = steps.slice(index + 1);
  const item = `i${depth}`;
  if (each === "item") {
    const inner = rest.length > 0 ? follow(clause, item, rest, depth + 1) : test(clause, `optional.of(${item})`);
    return `${place}.orValue([]).all(${item}, ${inner})`;
  }
  const value = test(clause, `${place}[?${item}]`);
  return `${place}.orValue({}).all(${item}, !${item}.startsWith(${literal(prefix)}) || (${value}))`;
}

/** The leaf: `optional` is the value, if any. */
function test({ want, required, orPod, path }: Clause, optional: string): string {
  const value = orPod ? `${optional}.or(${chain("variables.pod", path.split("."))})` : optional;
  if ("absent" in want) return `!${value}.hasValue()`;
  if ("present" in want) return `${value}.hasValue()`;
  return `${value}.optMap(v, ${wanted(want, "v")}).orValue(${required || needsValue(want) ? "false" : "true"})`;
}

function wanted(want: Want, value: string): string {
  const list = (values: readonly Scalar[]) => `[${values.map(literal).join(", ")}]`;
  if ("oneOf" in want) return `${value} in ${list(want.oneOf)}`;
  if ("noneOf" in want) return `!(${value} in ${list(want.noneOf)})`;
  if ("matches" in want) return `${value}.matches(${literal(want.matches)})`;
  if ("includes" in want) return `${literal(want.includes)} in ${value}`;
  if ("excludes" in want) return `!${value}.exists(e, e in ${list(want.excludes)})`;
  if ("keysWithin" in want) return `${value}.all(k, k in ${list(want.keysWithin)})`;
  if ("atLeast" in want) return `${value} >= ${want.atLeast}`;
  if ("atMost" in want) return `${value} <= ${want.atMost}`;
  if ("filled" in want) return `${value}.size() > 0`;
  return "true";
}

/** A value as CEL writes it. JSON's escapes are a part of CEL's. */
const literal = (value: Scalar): string => JSON.stringify(value);
