import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { UserError, withoutStack } from "../model/faults";
import type { LoadedStack } from "./complete";
import { complete } from "./complete";

/** The folder of stacks: of the sources, wherever they were compiled to. */
const stackDir = path.resolve(__dirname, "..", "..", "stacks");

/** The running stack's config; the only place of the program that reads Pulumi config. */
export function loadStack(): LoadedStack {
  const prefix = `${pulumi.getProject()}:`;
  const raw = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, text]) => [key.slice(prefix.length), parseValue(text)] as const);
  try {
    return complete(Object.fromEntries(raw), pulumi.getStack(), stackDir, pulumi.getProject());
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
