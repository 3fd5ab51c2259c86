import * as path from "node:path";
import { root } from "../../local/state";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import type { OverridePredicate } from "../../policies/override";
import { overrideFaults, overrideType, verifyOverride } from "../../policies/override";
import type { Envelope } from "../../policies/passport";
import { openEnvelope, seal } from "../../policies/passport";
import { allowedAccounts, judgedTier, targetTier } from "../../policies/engine/target";
import { programDigest } from "../../policies/program";
import { complete } from "../../stacks/complete";
import { ownConfig, readStackFile } from "../../stacks/files";
import { commitToSign } from "../commit";
import { printJson } from "../output";
import { signerOf } from "../signer";
import { readProject } from "../project";
import { addSignature, filesOf, packDigest, readEnvelope, writeEnvelope } from "../signing";
import { trustedKeys } from "../trust";

export interface OverrideOptions {
  key: string;
  /** An override that another signed before. */
  document?: string;
  stack?: string;
  incident?: string;
  reason?: string;
  resource?: string[];
  hours: number;
  out?: string;
  json?: boolean;
}

/** `greenlight override`: writes an override of a stack and signs it, or adds the second signature. */
export function override(options: OverrideOptions): number {
  const key = signerOf(options.key);
  const file = path.resolve(
    options.document ?? options.out ?? path.join(root, "report", `${options.stack}.override.json`),
  );
  const envelope = options.document ? readEnvelope(options.document) : drafted(options);
  addSignature(envelope, key, file, one => openEnvelope(one, overrideType));
  writeEnvelope(file, envelope);
  const { override: made, lacking } = verifyOverride(envelope, trustedKeys(), Date.now());
  const { stack, incident, resources, until } = made.predicate;
  const shown = path.relative(process.cwd(), file) || ".";
  if (options.json) printJson({ schema: "greenlight.override/1", document: shown, lacking, ...made.predicate });
  else {
    console.log(
      `OVERRIDE  ${stack}  ${incident}, until ${until}: ${envelope.signatures.length} signatures, ${resources.length} resources (${resources.join(", ")})`,
    );
    for (const line of lacking) console.log(`- ${line}`);
    console.log(
      `next: ${lacking.length > 0 ? `another one's \`greenlight override --document ${shown} --key FILE\`` : `\`GREENLIGHT_OVERRIDE=${shown} greenlight up --stack ${stack}\`; it stays in the stack's history, and its review is owed`}`,
    );
  }
  return exitCodes.GO;
}

/** An override nobody has signed yet: of a clean commit, and whole, or nothing is written. */
function drafted({ stack, incident, reason, resource, hours }: OverrideOptions): Envelope {
  const missing = Object.entries({ stack, incident, reason, resource })
    .filter(([, value]) => value === undefined)
    .map(([name]) => `--${name}`);
  if (missing.length > 0)
    throw fail(
      "the override",
      `without ${missing.join(", ")}`,
      "stack, incident, reason and resources",
      "To sign another one's, name it by --document.",
      exitCodes.usage,
    );
  const faults = overrideFaults({ incident: incident!, reason: reason!, resources: resource! });
  if (faults.length > 0)
    throw fail("the override", `not whole (${faults.join("; ")})`, "all of it", undefined, exitCodes.usage);
  const project = readProject(root);
  const { config } = readStackFile(project.stackDir, stack!);
  const { tier } = complete(ownConfig(config, project.name), stack!, project.stackDir, project.name);
  if (tier === "local")
    throw fail(`--stack ${stack}`, "of tier local", "a stack that needs a passport", undefined, exitCodes.usage);
  const judged = judgedTier(tier, targetTier(allowedAccounts(config["aws:allowedAccountIds"])));
  const commit = commitToSign();
  const now = Date.now();
  const predicate: OverridePredicate = {
    ...{ project: project.name, stack: stack!, tier: judged },
    ...{ incident: incident!, reason: reason!.trim(), resources: [...new Set(resource)] },
    from: new Date(now).toISOString(),
    until: new Date(now + hours * 3_600_000).toISOString(),
    ...{ commit: commit.id, authors: commit.authors },
    digests: { pack: packDigest(), program: programDigest(root) },
  };
  return seal({ subject: filesOf(commit), predicate }, overrideType);
}
