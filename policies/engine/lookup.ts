import type { Graph } from "./graph";
import type { LabelSelector } from "./kubernetes";
import { selects } from "./kubernetes";
import { UnknownRead } from "./reading";

/**
 * Finding by labels without asking everybody: for ten thousand objects the difference between a second and a minute. What is
 * not known yet is asked every time, so that whoever meets it hears of it.
 */

const made = new WeakMap<Graph, Map<string, unknown>>();

/** Something computed once for a graph, by name. */
export function once<T>(graph: Graph, name: string, make: () => T): T {
  const own = made.get(graph) ?? new Map<string, unknown>();
  made.set(graph, own);
  if (!own.has(name)) own.set(name, make());
  return own.get(name) as T;
}

class Drawers<T> {
  private readonly drawers = new Map<string, T[]>();
  /** Those that belong nowhere in particular, or nobody knows yet where. */
  private readonly loose: T[] = [];

  /** Puts an item where its keys say; without keys, or when they cannot be read, it is loose. */
  add(item: T, keys: () => string[]): void {
    let all: string[];
    try {
      all = keys();
    } catch (error) {
      if (!(error instanceof UnknownRead)) throw error;
      all = [];
    }
    if (all.length === 0) this.loose.push(item);
    for (const key of all) {
      const drawer = this.drawers.get(key);
      if (drawer) drawer.push(item);
      else this.drawers.set(key, [item]);
    }
  }

  at(keys: string[]): T[] {
    const found = new Set(keys.flatMap(key => this.drawers.get(key) ?? []));
    return [...found, ...this.loose];
  }
}

const keyOf = (namespace: string | undefined, [label, value]: [string, unknown]): string =>
  `${namespace ?? "default"}/${label}=${String(value)}`;

/** Things by a key of their own; what has none that is known is given for every key. */
export function byKey<T>(items: readonly T[], key: (item: T) => string): (key: string) => T[] {
  const drawers = new Drawers<T>();
  for (const item of items) drawers.add(item, () => [key(item)]);
  return wanted => drawers.at([wanted]);
}

/** Things that pick by labels, such as Services: those that pick given labels in a namespace. */
export function pickersOf<T>(
  items: readonly T[],
  about: (item: T) => { namespace: string | undefined; selector: LabelSelector | undefined },
): (namespace: string | undefined, labels: Record<string, string> | undefined) => T[] {
  const drawers = new Drawers<T>();
  for (const item of items)
    drawers.add(item, () => {
      const { namespace, selector } = about(item);
      const [first] = Object.entries(selector?.matchLabels ?? {});
      return first ? [keyOf(namespace, first)] : [];
    });
  return (namespace, labels = {}) =>
    drawers.at(Object.entries(labels).map(one => keyOf(namespace, one))).filter(item => {
      const { namespace: home, selector } = about(item);
      return (home ?? "default") === (namespace ?? "default") && selects(selector, labels);
    });
}

/** Things that carry labels, such as pods: those of a namespace that a selector picks. */
export function pickedFrom<T>(
  items: readonly T[],
  about: (item: T) => { namespace: string | undefined; labels: Record<string, string> | undefined },
): (namespace: string | undefined, selector: LabelSelector | undefined) => T[] {
  const drawers = new Drawers<T>();
  for (const item of items)
    drawers.add(item, () => {
      const { namespace, labels } = about(item);
      return Object.entries(labels ?? {}).map(one => keyOf(namespace, one));
    });
  return (namespace, selector) => {
    if (!selector) return [];
    const [first] = Object.entries(selector.matchLabels ?? {});
    // A selector without a label in particular may pick anything.
    const candidates = first ? drawers.at([keyOf(namespace, first)]) : items;
    return candidates.filter(item => {
      const { namespace: home, labels } = about(item);
      return (home ?? "default") === (namespace ?? "default") && selects(selector, labels);
    });
  };
}
