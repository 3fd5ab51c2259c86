import { fail } from "../../model/faults";
import { unknownSentinels } from "../../model/unknown";
import { textOf } from "./manifests";

/** One resource as the engine keeps it. Source: sdk/go/common/apitype/core.go of pulumi/pulumi, ResourceV3. */
export interface StateResource {
  urn: string;
  type: string;
  inputs: object;
  outputs: object;
  protect?: boolean;
  parent?: string;
}

/** What the engine writes in place of a secret. Source: sdk/go/common/resource/sig, `Secret`. */
const secretKey = "4dabf18193072939515e22adb298388d";

/** The resources of an exported state (`pulumi stack export`). What is encrypted there is known to be there, and no more. */
export function readState(file: string): { stack: string; project: string; resources: StateResource[] } {
  let state: unknown;
  try {
    state = JSON.parse(textOf(file));
  } catch (error) {
    if (error instanceof SyntaxError) throw fail(file, "no JSON", "what `pulumi stack export` prints");
    throw error;
  }
  const all = (state as { deployment?: { resources?: unknown } } | null)?.deployment?.resources;
  if (!Array.isArray(all)) throw fail(file, "without deployment.resources", "what `pulumi stack export` prints");
  const resources = all.map((one: unknown, index) => {
    const { urn, type, inputs, outputs, protect, parent } = (one ?? {}) as Record<string, unknown>;
    if (typeof urn !== "string" || typeof type !== "string")
      throw fail(
        `${file}: deployment.resources[${index}]`,
        "without urn and type",
        "a resource as the engine exports it",
      );
    const tree = (value: unknown) => withoutSecrets(typeof value === "object" && value !== null ? value : {}) as object;
    return {
      urn,
      type,
      inputs: tree(inputs),
      outputs: { ...tree(inputs), ...tree(outputs) },
      ...(typeof protect === "boolean" ? { protect } : {}),
      ...(typeof parent === "string" && parent ? { parent } : {}),
    };
  });
  const [, stack = "state", project = "state"] = /^urn:pulumi:([^:]+)::([^:]+)::/.exec(resources[0]?.urn ?? "") ?? [];
  return { stack, project, resources };
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  if (secretKey in value) return unknownSentinels.string;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutSecrets(one)]));
}
