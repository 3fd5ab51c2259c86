import type { Tier } from "../../model/tier";
import type { Tree } from "../../model/unknown";
import { isTreeObject } from "../../model/unknown";
import type { Graph } from "./graph";
import { toGraph } from "./graph";
import { judge } from "./judge";
import { spoiled } from "./demand";
import { pathSteps, recordReads } from "./reading";
import type { Resource } from "./resource";
import type { AnyRule, Rule } from "./rule";

/**
 * Proof that rules bite: a sound system is weakened one value at a time, at the places a rule really looked at, and the
 * rule must say so. What no weakening turns red would let anything through.
 */

export interface Weakening {
  /** The resource that was changed, or taken away. */
  urn: string;
  /** Where in it; "" for a resource that was taken away. */
  path: string;
  how: "dropped" | "zeroed" | "flipped" | "spoiled" | "taken away";
}

export interface Sabotage {
  rule: string;
  /** How many weakenings were tried, and those the rule noticed. */
  tried: number;
  noticed: Weakening[];
  /** Weakenings after which the rule can no longer tell: that is no pass, and stops a deployment as well. */
  undecided: Weakening[];
  /** Weakenings after which the rule still says that all is well, or has nothing to look at any more. */
  survived: Survivor[];
}

/** A weakening that one rule did not notice, with the system as it was then. */
export interface Survivor extends Weakening {
  /** What the rule said of it; undefined where what it was about is gone. */
  state: "met" | "not applicable" | undefined;
  system: () => { resource: Resource | undefined; others: Resource[] };
}

/** How many resources of one rule are weakened, as those of a kind are alike; and how many at most until it says something. */
const enough = 3;
const atMost = 40;

/** Weakens a system that a rule is content with. Gives undefined where the rule has nothing to look at in it. */
export function sabotage(rule: AnyRule, all: Resource[], tier: Tier): Sabotage | undefined {
  const graph = rule.scope === "stack" ? toGraph(all) : toGraph([]);
  const subjects = all.filter(one => judge(rule, one, tier, graph)?.state === "met");
  if (subjects.length === 0) return undefined;
  const result: Sabotage = { rule: rule.id, tried: 0, noticed: [], undecided: [], survived: [] };
  for (const [index, subject] of subjects.slice(0, atMost).entries()) {
    if (index >= enough && result.noticed.length > 0) break;
    for (const { weakening, resource, others } of weakenings(rule, subject, all, graph, tier, index === 0)) {
      result.tried++;
      const weakened = rule.scope === "stack" ? toGraph(others) : graph;
      const state = resource && judge(rule, resource, tier, weakened)?.state;
      if (state === "not met") result.noticed.push(weakening);
      else if (state === "met" || state === "not applicable" || !state)
        result.survived.push({ ...weakening, state: state || undefined, system: () => ({ resource, others }) });
      else result.undecided.push(weakening);
    }
  }
  return result;
}

interface Weakened {
  weakening: Weakening;
  /** The subject afterwards; undefined where it is gone. */
  resource: Resource | undefined;
  others: Resource[];
}

/** @param beyond whether what the rule looked up elsewhere is weakened too; once is enough, as it is the same for all */
function* weakenings(
  rule: AnyRule,
  subject: Resource,
  all: Resource[],
  graph: Graph,
  tier: Tier,
  beyond: boolean,
): Generator<Weakened> {
  const asked = new Set<string>();
  const watched: Graph = {
    all: graph.all,
    ofKind: (group, kind) => {
      asked.add(`${group}/${kind}`);
      return graph.ofKind(group, kind);
    },
  };
  const reads = recordReads(() => void judge(rule, subject, tier, watched));
  for (const { of, steps } of reads.filter(one => beyond || one.of === subject))
    for (const how of ["dropped", "zeroed", "flipped"] as const) {
      // What was read may stand in another resource, which was looked up.
      const read = of as Resource;
      const props = changed(read.props, steps, how);
      if (props === undefined) continue;
      const weakened = { ...read, props: props as Resource["props"] };
      const others = all.map(one => (one === read ? weakened : one));
      const resource = read === subject ? weakened : subject;
      yield { weakening: { urn: read.urn, path: steps.join("."), how }, resource, others };
    }
  // What a demand forbids is not there to be dropped: it is put there.
  const roots = new Set(
    (rule as unknown as Rule).subjects(subject).map(one => `${(one.read() as { of?: string }).of} ${one.path}`),
  );
  for (const clause of rule.demand?.clauses ?? [])
    for (const root of [...roots].filter(one => one.startsWith(`${clause.of} `))) {
      const { steps, value } = spoiled(clause);
      const whole = [...pathSteps(root.slice(clause.of.length + 1)), ...steps];
      const resource = { ...subject, props: planted(subject.props, whole, value) as Resource["props"] };
      const others = all.map(one => (one === subject ? resource : one));
      yield { weakening: { urn: subject.urn, path: whole.join("."), how: "spoiled" }, resource, others };
    }
  const spoiledBy = rule.weaken?.(subject, all);
  if (spoiledBy) {
    const resource = spoiledBy.find(one => one.urn === subject.urn);
    yield { weakening: { urn: subject.urn, path: "", how: "spoiled" }, resource, others: spoiledBy };
  }
  if (subject.protect === true) {
    const resource = { ...subject, protect: false };
    const others = all.map(one => (one === subject ? resource : one));
    yield { weakening: { urn: subject.urn, path: "(protect)", how: "flipped" }, resource, others };
  }
  // What a rule looks up elsewhere is taken away, all of a kind at once: which one it leans on, nobody knows from outside.
  for (const kind of asked) {
    const others = all.filter(one => one === subject || `${one.group}/${one.kind}` !== kind);
    if (others.length < all.length)
      yield { weakening: { urn: kind, path: "", how: "taken away" }, resource: subject, others };
  }
  const children = all.filter(one => one.parent === subject.urn);
  if (children.length > 0)
    yield {
      weakening: { urn: `parts of ${subject.urn}`, path: "", how: "taken away" },
      resource: subject,
      others: all.filter(one => !children.includes(one)),
    };
}

/** The tree with a value put somewhere; what is missing on the way is made. */
function planted(tree: Tree | undefined, [key, ...rest]: readonly string[], value: unknown): Tree {
  if (key === undefined) return value as Tree;
  if (/^\d+$/.test(key)) {
    const list = Array.isArray(tree) ? [...tree] : [];
    list[Number(key)] = planted(list[Number(key)], rest, value);
    return list;
  }
  const holder = isTreeObject(tree) ? { ...tree } : {};
  if (rest.length === 0 && value === undefined) delete holder[key];
  else holder[key] = planted(holder[key], rest, value);
  return holder;
}

/** The tree with one value changed; undefined where the change changes nothing. */
function changed(tree: Tree | undefined, path: readonly string[], how: Weakening["how"]): Tree | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return undefined;
  if (Array.isArray(tree)) {
    const index = Number(key);
    if (!(index in tree)) return undefined;
    if (rest.length === 0 && how === "dropped") return tree.filter((_, place) => place !== index);
    const next = rest.length === 0 ? other(tree[index], how) : changed(tree[index], rest, how);
    return next === undefined ? undefined : tree.map((one, place) => (place === index ? next : one));
  }
  if (!isTreeObject(tree)) return undefined;
  if (rest.length === 0) {
    if (how === "dropped") {
      if (!(key in tree)) return undefined;
      const { [key]: _gone, ...left } = tree;
      return left;
    }
    const next = other(tree[key], how);
    return next === undefined ? undefined : { ...tree, [key]: next };
  }
  const next = changed(tree[key], rest, how);
  return next === undefined ? undefined : { ...tree, [key]: next };
}

/** Another value in its place: nothing of its kind, or the opposite. An absent one becomes what a switch would be. */
function other(value: Tree | undefined, how: Weakening["how"]): Tree | undefined {
  if (how === "zeroed") {
    if (typeof value === "number") return value === 0 ? undefined : 0;
    if (typeof value === "string") return value === "" ? undefined : "";
    if (Array.isArray(value)) return value.length === 0 ? undefined : [];
    return isTreeObject(value) && Object.keys(value).length > 0 ? {} : undefined;
  }
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value === 0 ? 1_000_000 : value < 1_000 ? value * 1_000 : 1;
  if (typeof value === "string") return value === "weakened" ? undefined : "weakened";
  return value === undefined || value === null ? true : undefined;
}
