import { noneOfIt, notKnown } from "../../engine/example";
import type { Metadata } from "../../engine/kubernetes";
import { ofKind, readAll } from "../../engine/kubernetes";
import type { ExampleResource, Violation } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

/** Source: argo-rollouts.readthedocs.io, "Rollout specification" and "Analysis", v1.8. */
interface Analysis {
  templates?: { templateName?: string; clusterScope?: boolean }[];
}

interface Rollout {
  metadata?: Metadata;
  spec?: {
    progressDeadlineAbort?: boolean;
    strategy?: {
      canary?: { analysis?: Analysis; steps?: { setWeight?: number; analysis?: Analysis }[] };
      blueGreen?: { prePromotionAnalysis?: Analysis };
    };
  };
}

interface Template {
  metadata?: Metadata;
  spec?: { metrics?: { name?: string; successCondition?: string; failureCondition?: string }[] };
}

const rollouts = ofKind<Rollout>("argoproj.io", "Rollout");

const rollout = (strategy: object, more: object = { progressDeadlineAbort: true }): ExampleResource => ({
  type: "kubernetes:argoproj.io/v1alpha1:Rollout",
  name: "api",
  props: { metadata: { name: "api", namespace: "shop" }, spec: { strategy, ...more } },
});
const template = (metric: object): ExampleResource => ({
  type: "kubernetes:argoproj.io/v1alpha1:AnalysisTemplate",
  name: "api-release",
  props: { metadata: { name: "api-release", namespace: "shop" }, spec: { metrics: [metric] } },
});
const analysis = { templates: [{ templateName: "api-release" }] };
const judged = template({ name: "errors", failureCondition: "result[0] > 0.005" });
const steps = [{ setWeight: 5 }];

export const releaseMeasured = defineRule<Rollout>({
  id: "GL-REL-04",
  slug: "release-measured",
  title: "A release in steps is measured, can fail, and is taken back by itself.",
  why: "Steps without a measurement are only a slower way of breaking everything.",
  fix: "Name an AnalysisTemplate of this stack whose metrics have a condition, and set progressDeadlineAbort.",
  severity: "high",
  requirements: ["S-153", "S-154"],
  items: ["D.2.2", "D.3.1"],
  mappings: ["NIST:CM-3", "SOC2:CC8.1"],
  scope: "stack",
  inspects: "release",
  subjects: rollouts,
  check: ({ metadata, spec }, { graph }) => {
    const { canary, blueGreen } = spec?.strategy ?? {};
    const asked = [
      canary?.analysis,
      ...(canary?.steps ?? []).map(one => one.analysis),
      blueGreen?.prePromotionAnalysis,
    ];
    const names = asked.flatMap(one => one?.templates ?? []).filter(one => !one.clusterScope);
    const found: Violation[] = [];
    if (names.length === 0) found.push({ path: "spec.strategy", found: "without an analysis", needed: "one" });
    const templates = graph
      .ofKind("argoproj.io", "AnalysisTemplate")
      .map(one => readAll<Template>(one))
      .filter(one => one.metadata?.namespace === metadata?.namespace);
    for (const { templateName } of names) {
      const hit = templates.find(one => one.metadata?.name === templateName);
      const blind = (hit?.spec?.metrics ?? []).filter(one => !one.successCondition && !one.failureCondition);
      if (!hit)
        found.push({
          path: "spec.strategy",
          found: "measured by a template that is not in this stack",
          needed: "one that is",
        });
      else if ((hit.spec?.metrics ?? []).length === 0 || blind.length > 0)
        found.push({
          path: "spec.strategy",
          found: "measured by a template that cannot fail",
          needed: "a condition on every metric",
        });
    }
    if (spec?.progressDeadlineAbort !== true)
      found.push({ path: "spec.progressDeadlineAbort", value: spec?.progressDeadlineAbort, needed: "true" });
    return found;
  },
  examples: () => [
    { name: "a canary that is measured", given: [rollout({ canary: { analysis, steps } }), judged], want: "met" },
    {
      name: "measured in a step",
      given: [rollout({ canary: { steps: [{ setWeight: 5 }, { analysis }] } }), judged],
      want: "met",
    },
    {
      name: "blue and green",
      given: [rollout({ blueGreen: { prePromotionAnalysis: analysis } }), judged],
      want: "met",
    },
    {
      name: "not measured",
      given: [rollout({ canary: { steps } }), judged],
      want: "not met",
      says: "without an analysis",
    },
    {
      name: "by nothing",
      given: [rollout({ canary: { analysis, steps } })],
      want: "not met",
      says: "a template that is not in this stack",
    },
    {
      name: "cannot fail",
      given: [rollout({ canary: { analysis, steps } }), template({ name: "errors" })],
      want: "not met",
      says: "a template that cannot fail",
    },
    {
      name: "stays where it is",
      given: [rollout({ canary: { analysis, steps } }, {}), judged],
      want: "not met",
      says: "progressDeadlineAbort is missing; need true",
    },
    { name: "not known yet", given: [rollout({ canary: notKnown.object }), judged], want: "unverifiable" },
    noneOfIt,
  ],
});
