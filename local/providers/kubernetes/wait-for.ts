import type { KubeObject } from "../../kubernetes-api";

/**
 * `pulumi.com/waitFor`: what a resource of any kind is to be waited for. One expression or a JSON list of them, each
 * `condition=<type>[=<status>]` or `jsonpath={<path>}[=<value>]`, as `kubectl wait --for` takes them.
 */
export const waitForAnnotation = "pulumi.com/waitFor";

interface Wanted {
  text: string;
  holds: (object: KubeObject) => boolean;
}

/** What of a `waitFor` does not hold yet, or undefined when all does. A malformed one is an error that says so. */
export function lacksOfWaitFor(object: KubeObject, annotation: string): string | undefined {
  const missing = parseWaitFor(annotation).filter(wanted => !wanted.holds(object));
  return missing.length > 0 ? `${waitForAnnotation} wants ${missing.map(one => one.text).join(" and ")}` : undefined;
}

export function parseWaitFor(annotation: string): Wanted[] {
  const trimmed = annotation.trim();
  if (!trimmed.startsWith("[")) return [parseOne(trimmed)];
  let list: unknown;
  try {
    list = JSON.parse(trimmed);
  } catch {
    throw malformed(annotation);
  }
  if (!Array.isArray(list) || list.length === 0 || !list.every(one => typeof one === "string"))
    throw malformed(annotation);
  return (list as string[]).map(one => parseOne(one.trim()));
}

function parseOne(text: string): Wanted {
  const condition = /^condition=([\w./-]+)(?:=(\w+))?$/.exec(text);
  if (condition) {
    const [, type, status = "True"] = condition;
    return {
      text,
      holds: object =>
        ((object.status?.conditions ?? []) as { type: string; status: string }[]).some(
          one => one.type.toLowerCase() === type!.toLowerCase() && one.status.toLowerCase() === status.toLowerCase(),
        ),
    };
  }
  const jsonpath = /^jsonpath=\{?(\.[^{}=]+)\}?(?:=(.+))?$/.exec(text);
  if (!jsonpath) throw malformed(text);
  const steps = stepsOf(jsonpath[1]!, text);
  const value = jsonpath[2];
  return {
    text,
    holds: object => {
      const found = steps.reduce<unknown>(
        (place, step) =>
          typeof place === "object" && place !== null && Object.hasOwn(place, step)
            ? (place as Record<string, unknown>)[step]
            : undefined,
        object,
      );
      return value === undefined ? found !== undefined : typeof found !== "object" && String(found) === value;
    },
  };
}

/** `.status.list[0].name` as steps. Wildcards, filters and slices are not taken: they would be ready by chance. */
function stepsOf(path: string, text: string): string[] {
  if (!/^(\.[\w-]+|\[\d+\])+$/.test(path)) throw malformed(text);
  return [...path.matchAll(/\.([\w-]+)|\[(\d+)\]/g)].map(([, key, index]) => key ?? index!);
}

const malformed = (text: string) =>
  new Error(
    `${waitForAnnotation} is ${JSON.stringify(text)}; need condition=<type>[=<status>], ` +
      `jsonpath={.path.to[0].field}[=<value>], or a JSON list of these.`,
  );
