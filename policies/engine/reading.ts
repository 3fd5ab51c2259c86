import type { Tree } from "../../model/unknown";
import { UNKNOWN } from "../../model/unknown";

/** Thrown when a rule reads a value that is not known yet; the engine turns it into `unverifiable`. */
export class UnknownRead extends Error {
  constructor(readonly path: string) {
    super(`${path} is not known at preview`);
  }
}

let recorded: Map<string, string[]> | undefined;

/** The places that are read while something runs, as steps from the root of each tree. For sabotage, which is never nested. */
export function recordReads(work: () => void): string[][] {
  recorded = new Map();
  try {
    work();
    return [...recorded.values()];
  } finally {
    recorded = undefined;
  }
}

/**
 * A view of a tree in which reading an UNKNOWN throws, with its path. Absent stays undefined: not known and not there
 * are different things. `T` is what the rule expects; nothing checks it, so a wrong shape shows as a crash, which is a
 * violation too.
 */
export function reading<T>(tree: Tree | undefined, path: string): T {
  recorded?.set(path, pathSteps(path));
  if (tree === UNKNOWN) throw new UnknownRead(path);
  if (typeof tree !== "object" || tree === null) return tree as T;
  return new Proxy(tree, {
    get(target, key) {
      if (typeof key === "symbol" || (Array.isArray(target) && !/^\d+$/.test(key))) {
        const member = Reflect.get(target, key) as unknown;
        return member;
      }
      if (!Object.hasOwn(target, key)) {
        const absent = join(path, key);
        recorded?.set(absent, pathSteps(absent));
        return undefined;
      }
      return reading(Reflect.get(target, key) as Tree, Array.isArray(target) ? `${path}[${key}]` : join(path, key));
    },
  }) as T;
}

const join = (path: string, key: string) =>
  path ? `${path}.${/^[\w-]+$/.test(key) ? key : JSON.stringify(key)}` : key;

/** A path as steps: `a.b[0]."c.d"`. */
export const pathSteps = (path: string): string[] =>
  [...path.matchAll(/"((?:[^"\\]|\\.)*)"|\[(\d+)\]|([^.[\]"]+)/g)].map(
    ([, quoted, index, name]) => index ?? name ?? (JSON.parse(`"${quoted}"`) as string),
  );
