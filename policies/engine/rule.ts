import type { Observation } from "../../model/finding";
import type { Severity } from "../../model/outcome";
import type { Tier } from "../../model/tier";
import type { Demand } from "./demand";
import type { Graph } from "./graph";
import type { Resource } from "./resource";

/** One thing a rule judges: a container, a pod, a workload, a namespace, an object. */
export interface Subject<T> {
  resource: Resource;
  /** Where the thing stands in the resource, such as `spec.template.spec.containers[0]`. */
  path: string;
  /** The thing itself, read on demand: reading an unknown throws UnknownRead, which only this subject suffers. */
  read: () => T;
}

/** What is wrong at one place. */
export interface Violation {
  /** Path below the subject's, or "" for the subject itself. */
  path: string;
  /** The value found; it is shown only as far as the rule says it may be. */
  value?: unknown;
  /** What was found in our own words and numbers, where the value does not say it. */
  found?: string;
  needed: string;
}

/** What a rule says of one subject: nothing wrong, what is wrong, why it does not apply, or why nobody can tell. */
export type Judgement = Violation[] | { notApplicable: string } | { unverifiable: string; needed: string };

export interface Context<P> {
  tier: Tier;
  params: P;
  /** All resources; only stack rules have it. */
  graph: Graph;
}

/** The 36 items and seven actions of the review, by id. */
export type ItemId = string;

/** An example: what is given, and what the rule must say of it. They are the rule's tests and part of its page. */
export interface Example {
  /** In a few words, what is special about it. */
  name: string;
  given: ExampleResource[];
  want: "met" | "not met" | "unverifiable" | "not applicable";
  /** Part of the message of a finding, for `not met` and `unverifiable`. */
  says?: string;
}

export interface ExampleResource {
  type: string;
  name: string;
  props: object;
  /** The engine's `protect` option. @default true */
  protect?: boolean;
  /** Name of the example's resource it is a part of. */
  parent?: string;
}

/** A rule: data and a pure function (decision 1). Everything else about it is derived. */
export interface Rule<T = never, P = undefined> {
  /** `GL-<AREA>-<nn>`; never reused or renumbered. */
  id: string;
  /** The wanted state in kebab-case; also the file's name. */
  slug: string;
  /** The wanted state in a sentence. */
  title: string;
  why: string;
  fix: string;
  severity: Severity;
  /** Requirements it carries out (S-001 … S-177). */
  requirements: string[];
  /** Review items it helps to decide. */
  items: ItemId[];
  /** The same demand elsewhere: `PSS:restricted`, `CIS:5.2.6`, `NIST:AC-6`. */
  mappings: string[];
  /** `resource`: judged on inputs, one resource at a time. `stack`: judged on the whole graph. */
  scope: "resource" | "stack";
  /** What is counted as inspected, such as "container". */
  inspects: string;
  /** Sets of rules it is part of, such as `pss-restricted`; `greenlight check --only` takes them. */
  groups?: string[];
  /** The same as data, where clauses can say all of it; the API server's admission is written from it. */
  demand?: Demand;
  /** Numbers that depend on the tier. */
  params?: Record<Tier, P>;
  /** Last names of paths whose text values may be printed; all other texts are only measured. */
  showable?: string[];
  subjects: (resource: Resource) => readonly Subject<T>[];
  check: (value: T, context: Context<P>, subject: Subject<T>) => Judgement;
  /** Numbers worked out on the way, for reports: asked only of what could be read. */
  observe?: (value: T, context: Context<P>) => Observation[];
  /**
   * How a sound system is weakened so that this rule must say so, where dropping, zeroing or flipping what it reads
   * would not do: the whole system afterwards, for the subject given. Demands need none; theirs follow from the clauses.
   */
  weaken?: (subject: Resource, all: Resource[]) => Resource[];
  /** The tier the examples are judged at. @default "production" */
  judgedAt?: Tier;
  /** What the rule says of given resources: its tests, and part of its page. Made when asked for: judging needs none. */
  examples: () => Example[];
}

/** A rule whose types are hidden, as the catalogue holds it. */
export type AnyRule = Rule<never, never>;

/** A system that holds nothing any rule is about. */
const nothingToJudge: Example = {
  name: "nothing of its kind",
  given: [{ type: "random:index/randomId:RandomId", name: "id", props: { byteLength: 8 } }],
  want: "not applicable",
};

/**
 * Declares a rule; its types are checked here and hidden from the catalogue. A rule whose examples show no case in which
 * it does not apply gets the plainest one: a system without anything of its kind.
 */
export function defineRule<T, P = undefined>(rule: Rule<T, P>): AnyRule {
  const examples = (): Example[] => {
    const own = rule.examples();
    return own.some(example => example.want === "not applicable") ? own : [...own, nothingToJudge];
  };
  return { ...rule, examples } as unknown as AnyRule;
}
