import { resolveCount } from "../../../model/quantity";
import { notKnown, system, without } from "../../engine/example";
import type { Workload } from "../../engine/kubernetes";
import { servingWorkloads } from "../../engine/kubernetes";
import { defineRule } from "../../engine/rule";
import { budgetsOf, leastPods } from "./capacity";

export const disruptionBudget = defineRule<Workload>({
  id: "GL-HA-03",
  slug: "disruption-budget",
  title: "Every serving workload has one disruption budget, and it can be kept.",
  why: "Without one, draining nodes may take all pods at once; with one that allows none, no node can be drained.",
  fix: "Give the workload one PodDisruptionBudget whose selector picks its pods, with maxUnavailable: 1.",
  severity: "high",
  requirements: ["S-128"],
  items: ["A.3.1"],
  mappings: ["NIST:CP-10", "SOC2:A1.2"],
  scope: "stack",
  inspects: "workload",
  subjects: servingWorkloads,
  check: (workload, { graph }) => {
    const budgets = budgetsOf(workload, graph);
    if (budgets.length !== 1)
      return [
        {
          path: "",
          found: `picked by ${budgets.length} disruption budgets`,
          needed: "exactly one; with two, the API refuses every eviction",
        },
      ];
    const { minAvailable, maxUnavailable } = budgets[0]!.spec ?? {};
    const { count } = leastPods(workload, graph);
    const allowed =
      maxUnavailable !== undefined
        ? resolveCount(maxUnavailable, count, "up")
        : minAvailable !== undefined
          ? difference(count, resolveCount(minAvailable, count, "up"))
          : count;
    if (allowed === undefined)
      return [{ path: "", found: "picked by a budget that nobody can read", needed: "a count or a percentage" }];
    if (allowed < 1)
      return [
        {
          path: "",
          found: `of ${count} pods, of which its budget lets none go`,
          needed: "a budget that lets at least one go",
        },
      ];
    if (allowed >= count)
      return [
        {
          path: "",
          found: `of ${count} pods, all of which its budget lets go at once`,
          needed: "a budget that keeps at least one",
        },
      ];
    return [];
  },
  examples: () => [
    { name: "one pod may go", given: system(), want: "met" },
    {
      name: "half may go, rounded up",
      given: system(["PodDisruptionBudget", "spec.maxUnavailable", "50%"]),
      want: "met",
    },
    { name: "none", given: without("PodDisruptionBudget"), want: "not met", says: "picked by 0 disruption budgets" },
    {
      name: "none may go",
      given: system(["PodDisruptionBudget", "spec.maxUnavailable", 0]),
      want: "not met",
      says: "lets none go",
    },
    {
      name: "all must stay",
      given: system([
        "PodDisruptionBudget",
        "spec",
        { minAvailable: 3, selector: { matchLabels: { "app.kubernetes.io/name": "api" } } },
      ]),
      want: "not met",
      says: "lets none go",
    },
    {
      name: "all may go",
      given: system(["PodDisruptionBudget", "spec.maxUnavailable", "100%"]),
      want: "not met",
      says: "all of which its budget lets go",
    },
    {
      name: "of another workload",
      given: system(["PodDisruptionBudget", "spec.selector.matchLabels", { app: "other" }]),
      want: "not met",
      says: "picked by 0",
    },
    {
      name: "two at once",
      given: [...system(), { ...system()[3]!, name: "second" }],
      want: "not met",
      says: "picked by 2",
    },
    {
      name: "not known yet",
      given: system(["PodDisruptionBudget", "spec.maxUnavailable", notKnown.number]),
      want: "unverifiable",
    },
  ],
});

const difference = (count: number, kept: number | undefined) => (kept === undefined ? undefined : count - kept);
