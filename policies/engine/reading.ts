import type { Tree } from "../../model/unknown";
import { UNKNOWN } from "../../model/unknown";

/** Thrown when a rule reads a value that is not known yet; the engine turns it into `unverifiable`. */
export class UnknownRead extends Error {
  constructor(readonly path: string) {
    super(`${path} is not known at preview`);
  }
}

/**
 * A view of a tree in which reading an UNKNOWN throws, with its path. Absent stays undefined: not known and not there
 * are different things. `T` is what the rule expects; nothing checks it, so a wrong shape shows as a crash, which is a
 * violation too.
 */
export function reading<T>(tree: Tree | undefined, path: string): T {
  if (tree === UNKNOWN) throw new UnknownRead(path);
  if (typeof tree !== "object" || tree === null) return tree as T;
  return new Proxy(tree, {
    get(target, key) {
      if (typeof key === "symbol" || (Array.isArray(target) && !/^\d+$/.test(key))) {
        const member = Reflect.get(target, key) as unknown;
        return member;
      }
      if (!Object.hasOwn(target, key)) return undefined;
      return reading(Reflect.get(target, key) as Tree, Array.isArray(target) ? `${path}[${key}]` : join(path, key));
    },
  }) as T;
}

const join = (path: string, key: string) =>
  path ? `${path}.${/^[\w-]+$/.test(key) ? key : JSON.stringify(key)}` : key;
