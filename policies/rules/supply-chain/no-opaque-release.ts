import { system } from "../../engine/example";
import type { Resource } from "../../engine/resource";
import type { ExampleResource, Subject } from "../../engine/rule";
import { defineRule } from "../../engine/rule";
import { notKnown } from "../../engine/example";
import { readAll } from "../../engine/kubernetes";

interface Chart {
  isRelease: boolean;
  version: string | undefined;
}

function charts(resource: Resource): Subject<Chart>[] {
  const match = /^kubernetes:helm\.sh\/v[34]:(Release|Chart)$/.exec(resource.type);
  if (!match) return [];
  return [
    {
      resource,
      path: "",
      read: () => ({ isRelease: match[1] === "Release", version: readAll<{ version?: string }>(resource).version }),
    },
  ];
}

const chart = (type: string, props: object): ExampleResource[] => [...system(), { type, name: "tool", props }];

export const noOpaqueRelease = defineRule<Chart>({
  id: "GL-SUP-01",
  slug: "no-opaque-release",
  title: "Every chart shows what it deploys, at one version.",
  why: "Of a Release the engine sees a name and values, never the pods in it; without a version tomorrow's run deploys something else.",
  fix: "Use helm.v4.Chart with a pinned version: its objects are resources of their own, and are judged.",
  severity: "critical",
  requirements: ["S-150", "S-169"],
  items: ["D.1.1", "F.5"],
  mappings: ["NIST:CM-2", "NIST:SR-3", "SLSA:source"],
  scope: "resource",
  inspects: "chart",
  subjects: charts,
  check: ({ isRelease, version }) => {
    if (isRelease)
      return [
        { path: "", found: "a Release, whose objects nobody can see", needed: "a Chart, whose objects are resources" },
      ];
    return version !== undefined && /^v?\d+\.\d+\.\d+/.test(version)
      ? []
      : [{ path: "version", found: "not one version", needed: "a full version such as 1.2.3" }];
  },
  examples: () => [
    {
      name: "a chart of one version",
      given: chart("kubernetes:helm.sh/v4:Chart", { chart: "tool", version: "1.2.3" }),
      want: "met",
    },
    {
      name: "a release",
      given: chart("kubernetes:helm.sh/v3:Release", { chart: "tool", version: "1.2.3" }),
      want: "not met",
      says: "whose objects nobody can see",
    },
    {
      name: "any version",
      given: chart("kubernetes:helm.sh/v4:Chart", { chart: "tool" }),
      want: "not met",
      says: "not one version",
    },
    {
      name: "a range",
      given: chart("kubernetes:helm.sh/v4:Chart", { chart: "tool", version: "^1.2" }),
      want: "not met",
    },
    {
      name: "not known yet",
      given: chart("kubernetes:helm.sh/v4:Chart", { version: notKnown.string }),
      want: "unverifiable",
    },
    { name: "no chart", given: system(), want: "not applicable" },
  ],
});
