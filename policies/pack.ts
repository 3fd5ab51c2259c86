import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { ReportViolation, ResourceValidationArgs } from "@pulumi/policy";
import { PolicyPack } from "@pulumi/policy";
import { canonicalJson, sha256 } from "../model/canonical";
import type { RuleResult } from "../model/finding";
import { holdsUnknown } from "../model/unknown";
import { normalise } from "./engine/resource";
import { evidenceDir, openEvidence } from "./engine/evidence-file";
import type { EvidenceFile } from "./engine/evidence-file";
import { heldBy } from "./engine/held";
import type { Receipt } from "./engine/seal";
import { answerChallenges, leaveReceipt, readJson, receiptFile, sealType } from "./engine/seal";
import type { Session } from "./engine/session";
import { countTypes, isBlocking, openSession } from "./engine/session";
import { allowedAccounts, judgedTier, targetTier } from "./engine/target";
import type { Permission } from "./permission";
import { letThrough, permissionFor } from "./permission";
import { programDigest } from "./program";
import { rules } from "./rules/catalogue";

/**
 * The CrossGuard pack. The engine sees one resource policy and one stack policy, so that no rule can be switched off
 * by itself; rule ids go out with each violation. All reading of unknowns and all judging is the session's.
 */

const bundle = sha256(fs.readFileSync(__filename));
const dir = evidenceDir(path.resolve(__dirname, ".."));

interface Run {
  session: Session;
  file: EvidenceFile;
  /** What allows the update that this is, or previews. */
  permission: Permission;
  blocking: number;
  fingerprint?: string;
  /** A preview: what has been judged. An update: what its preview judged, once the Seal has said which one it was. */
  judged: Receipt["judged"];
}

let opened: Run | undefined;

/** The run begins with its first resource: only then does the engine's config stand. */
function run(): Run {
  if (opened) return opened;
  const [stack, project] = [pulumi.getStack(), pulumi.getProject()];
  const phase = pulumi.runtime.isDryRun() ? "preview" : "update";
  const accounts = allowedAccounts(new pulumi.Config("aws").get("allowedAccountIds"));
  const tier = judgedTier(new pulumi.Config(project).get("tier"), targetTier(accounts));
  const session = openSession({ project, stack, tier, phase });
  const id = process.env.GREENLIGHT_RUN ?? `${Date.now()}-${process.pid}`;
  const file = openEvidence(dir, stack, `${phase}-${id}`);
  file.write({
    line: "open",
    at: new Date().toISOString(),
    ...session.subject,
    catalogue: session.catalogue,
    pack: bundle,
  });
  const root = path.resolve(__dirname, "..", "..");
  const asked = { project, stack, tier, root, pack: bundle, program: () => programDigest(root), nowMs: Date.now() };
  return (opened = { session, file, permission: permissionFor(asked), blocking: 0, judged: {} });
}

/** The object form carries the rule's own name, level and severity; the SDK types it as internal. */
type Report = (violation: {
  message: string;
  urn: string;
  name: string;
  description: string;
  enforcementLevel: string;
  severity: string;
}) => void;

function publish(results: RuleResult[], report: ReportViolation): void {
  const current = run();
  // All results of a resource at once: opening the file for each of them would take longer than judging.
  if (results.length > 0) current.file.write(...results.map(result => ({ line: "result" as const, ...result })));
  for (const result of results) {
    const rule = rules.find(one => one.id === result.rule)!;
    const whys = result.findings.map(finding => letThrough(current.permission, finding));
    if (isBlocking(result) && (whys.length === 0 || whys.includes(undefined))) current.blocking++;
    for (const [index, { message, urn, severity }] of result.findings.entries())
      (report as unknown as Report)({
        message: whys[index] === undefined ? message : `${message} (let through: ${whys[index]})`,
        urn: urn.replace(/\[\d+\]$/, ""),
        name: `${rule.id.toLowerCase()}-${rule.slug}`,
        description: rule.title,
        enforcementLevel: whys[index] === undefined ? "mandatory" : "advisory",
        severity,
      });
  }
}

/** The engine makes these itself; which ones, and with what, differs between preview and update. */
const isEngines = (type: string) => type === "pulumi:pulumi:Stack" || type.startsWith("pulumi:providers:");

/**
 * Holds an update to its preview, whatever flags it was started with: a resource that the preview did not judge, or
 * judged with other inputs (a `--target` shows it the old ones), stops here, before it is made.
 */
function bind(current: Run, args: ResourceValidationArgs, report: ReportViolation): void {
  if (isEngines(args.type)) return;
  const tree = normalise(args.props);
  const digest = holdsUnknown(tree) ? null : sha256(canonicalJson(tree));
  if (current.session.subject.phase === "preview") current.judged[args.urn] = digest;
  else if (current.fingerprint && !(args.urn in current.judged && [null, digest].includes(current.judged[args.urn]!)))
    report(
      "The preview of this update did not judge this resource as it is now. Preview the whole stack, then update.",
    );
}

new PolicyPack("greenlight", {
  description: "The production readiness review as rules",
  enforcementLevel: "mandatory",
  policies: [
    {
      name: "resources",
      description: "Every resource meets the rules that concern it alone.",
      enforcementLevel: "mandatory",
      validateResource: (args, report) => {
        const current = run();
        if (args.type === sealType) {
          const fingerprint = String((args.props as { fingerprint?: unknown }).fingerprint);
          current.fingerprint = fingerprint;
          const nonces = answerChallenges(dir, current.session.subject.stack, fingerprint, bundle);
          current.file.write({ line: "seal", fingerprint, nonces });
          const receipt = readJson<Receipt>(receiptFile(dir, current.session.subject.stack, fingerprint));
          const { tampered, lacking } = current.permission;
          if (current.session.subject.phase === "update") {
            current.judged = receipt?.judged ?? {};
            // The program asks the same: who edits one of the two still meets the other.
            for (const fault of [...tampered, ...lacking]) report(`No passport allows this update: ${fault}.`);
          }
        } else bind(current, args, report);
        publish(current.session.onResource(args.urn, args.type, args.props), report);
      },
    },
    {
      name: "stack",
      description: "The stack as a whole meets the rules that concern several resources.",
      enforcementLevel: "mandatory",
      validateStack: (args, report) => {
        const current = run();
        const all = args.resources.map(({ urn, type, props, opts, parent }) => ({
          urn,
          type,
          props,
          protect: opts.protect,
          parent: parent?.urn,
        }));
        publish(current.session.onStack(all), report);
        const at = new Date().toISOString();
        const types = countTypes(args.resources);
        // As the SDK hands them over, reading something unknown would end this policy without a word.
        const held = heldBy(all.map(({ type, props }) => ({ type, props: normalise(props) })));
        current.file.close({ line: "close", at, resources: args.resources.length, types, held });
        const { subject } = current.session;
        if (subject.phase === "preview" && current.fingerprint)
          leaveReceipt(dir, subject.stack, {
            fingerprint: current.fingerprint,
            at,
            blocking: current.blocking,
            evidence: path.basename(current.file.file),
            judged: current.judged,
          });
      },
    },
  ],
});
