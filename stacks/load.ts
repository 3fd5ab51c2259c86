import * as pulumi from "@pulumi/pulumi";
import { UserError, withoutStack } from "../model/faults";
import type { StackConfig } from "./schema";
import { parseStack } from "./schema";

/** The running stack's config; the only place of the program that reads Pulumi config. */
export function loadStack(): StackConfig {
  const prefix = `${pulumi.getProject()}:`;
  const raw = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  try {
    return parseStack(
      Object.fromEntries(raw.map(([key, text]) => [key.slice(prefix.length), parseValue(text)])),
      `stacks/Pulumi.${pulumi.getStack()}.yaml`,
    );
  } catch (error) {
    if (error instanceof UserError) throw withoutStack(new pulumi.RunError(error.message));
    throw error;
  }
}

/** The engine hands lists and objects over as JSON texts, and plain values as they are written. */
function parseValue(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
