import * as pulumi from "@pulumi/pulumi";
import type { Tier } from "../model/tier";
import { tierLabel } from "../model/tier";

/** The type token of a component: `greenlight:<folder>:<Name>`. */
export type TypeToken = `greenlight:${string}:${string}`;

/** The options every child takes: its parent, so that the tree in the engine is the tree in the code. */
export const childOf = (parent: pulumi.Resource): pulumi.CustomResourceOptions => ({ parent });

/** `given` over `defaults`; unlike a spread, an argument that is undefined keeps its default. */
export function withDefaults<Args extends object, Defaults extends Partial<Args>>(
  defaults: Defaults,
  given: Args,
): Args & Defaults {
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(set) } as Args & Defaults;
}

/** The labels every object of a service carries (kubernetes.io, "Recommended Labels"). */
export const serviceLabels = (system: string, name: string, tier?: Tier): Record<string, string> => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/part-of": system,
  "app.kubernetes.io/managed-by": "greenlight",
  ...(tier ? { [tierLabel]: tier } : {}),
});

/** Lists every argument that cannot work, as the engine prints property errors. */
export function refuse(where: string, faults: { propertyPath: string; reason: string }[]): void {
  if (faults.length > 0)
    throw new pulumi.InputPropertiesError({ message: `${where} cannot be built as given`, errors: faults });
}
