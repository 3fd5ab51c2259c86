import type { Tree } from "../../model/unknown";
import { UNKNOWN } from "../../model/unknown";

/** Thrown when a rule reads a value that is not known yet; the engine turns it into `unverifiable`. */
export class UnknownRead extends Error {
  constructor(readonly path: string) {
    super(`${path} is not known at preview`);
  }
}

/** A place that was read: in whose properties, as steps from their root. */
export interface Read {
  of: object;
  steps: string[];
}

let recorded: Map<object, Map<string, Read>> | undefined;

function record(of: object | undefined, path: string): void {
  if (!recorded || !of) return;
  const own = recorded.get(of) ?? new Map<string, Read>();
  recorded.set(of, own.set(path, { of, steps: pathSteps(path) }));
}

/** The places that are read while something runs. For sabotage, which is never nested. */
export function recordReads(work: () => void): Read[] {
  recorded = new Map();
  try {
    work();
    return [...recorded.values()].flatMap(own => [...own.values()]);
  } finally {
    recorded = undefined;
  }
}

/** Resources whose properties hold no UNKNOWN, and are of trees that inherit nothing: there is nothing to watch for. */
export const whollyKnown = new WeakSet<object>();

/**
 * A view of a tree in which reading an UNKNOWN throws, with its path. Absent stays undefined: not known and not there
 * are different things. `T` is what the rule expects; nothing checks it, so a wrong shape shows as a crash, which is a
 * violation too.
 * @param of the resource whose properties it is in, for who records what is read
 */
export function reading<T>(tree: Tree | undefined, path: string, of?: object): T {
  record(of, path);
  if (tree === UNKNOWN) throw new UnknownRead(path);
  if (typeof tree !== "object" || tree === null) return tree as T;
  if (!recorded && of && whollyKnown.has(of)) return tree as T;
  return new Proxy(tree, {
    get(target, key) {
      if (typeof key === "symbol" || (Array.isArray(target) && !/^\d+$/.test(key))) {
        const member = Reflect.get(target, key) as unknown;
        return member;
      }
      if (!Object.hasOwn(target, key)) {
        record(of, join(path, key));
        return undefined;
      }
      return reading(Reflect.get(target, key) as Tree, Array.isArray(target) ? `${path}[${key}]` : join(path, key), of);
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
