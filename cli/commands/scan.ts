import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { run } from "../../local/process";
import { canonicalJson, sha256 } from "../../model/canonical";
import type { Evidence } from "../../model/evidence";
import { fail } from "../../model/faults";
import { exitCodes } from "../../model/outcome";
import type { ScanResult } from "../../model/scan";
import { scanMarkdown, scanSarif, scanText } from "../../readiness/report/scan";
import { hasColour } from "../../readiness/report/terminal";
import { scanners } from "../../release/scan/images";
import { scanRules } from "../../release/scan/rules";
import { toSbom } from "../../release/scan/sbom";
import { scan } from "../../release/scan/scan";
import type { Settings } from "../../release/settings";
import { readSettings } from "../../release/settings";
import { cleanCommit } from "../commit";
import { momentOf } from "../gathered";
import { printJson } from "../output";
import { runSteps } from "../progress";

export interface ScanCommandOptions {
  staged?: boolean;
  report?: string;
  /** Folder its evidence goes into, and the stack it is about. */
  evidence?: string;
  stack?: string;
  at?: string;
  json?: boolean;
}

/** `greenlight scan`: what in a repository must not be released: secrets, forbidden imports, leaked values, unsound parts. */
export async function scanCommand(folder: string | undefined, options: ScanCommandOptions): Promise<number> {
  const repository = path.resolve(folder ?? ".");
  if (!fs.statSync(repository, { throwIfNoEntry: false })?.isDirectory())
    throw fail(folder ?? ".", "no folder", "a repository", undefined, exitCodes.usage);
  if ((options.evidence === undefined) !== (options.stack === undefined))
    throw fail(
      options.evidence === undefined ? "--stack" : "--evidence",
      "given alone",
      "both",
      "Evidence is about a stack.",
      exitCodes.usage,
    );
  const settings = readSettings(repository);
  const nowMs = options.at === undefined ? Date.now() : momentOf(options.at, "--at");
  let result!: Awaited<ReturnType<typeof lookThrough>>;
  await runSteps(
    [
      {
        title: "look through the repository",
        run: async say => {
          result = await lookThrough(repository, settings, { nowMs, say, staged: options.staged === true });
          return `${result.inspected.files} files`;
        },
      },
    ],
    options.json,
  );
  const { packages, ...printed } = result;
  if (options.report) {
    fs.mkdirSync(options.report, { recursive: true });
    const write = (name: string, text: string) => fs.writeFileSync(path.join(options.report!, name), text);
    write("scan.json", `${canonicalJson(printed, 2)}\n`);
    write("scan.md", scanMarkdown(printed, scanRules));
    write("scan.sarif", `${canonicalJson(scanSarif(printed, scanRules), 2)}\n`);
    write("sbom.cdx.json", toSbom(path.basename(repository), packages, nowMs));
  }
  if (options.evidence && options.stack) {
    fs.mkdirSync(options.evidence, { recursive: true });
    const file = path.join(options.evidence, "source-scan.json");
    fs.writeFileSync(file, `${canonicalJson(scanEvidence(printed, options.stack), 2)}\n`);
  }
  if (options.json) printJson(printed);
  else {
    console.log(scanText(printed, scanRules, hasColour()));
    console.log(`next: ${nextOf(printed, options)}`);
  }
  return exitCodes[printed.verdict];
}

/** Scans a repository, its images by the scanner that is on PATH: what `scan` and the gate before a release both do. */
export async function lookThrough(
  repository: string,
  settings: Settings,
  { nowMs, say, staged = false }: { nowMs: number; say: (text: string) => void; staged?: boolean },
): ReturnType<typeof scan> {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), "gl-scan-"));
  try {
    const hasMade = !staged && (await scanImages(settings.scan?.images ?? [], made));
    return await scan({
      ...{ repository, settings, nowMs, say, staged, commit: cleanCommit(repository) },
      command: `greenlight scan${staged ? " --staged" : ""}`,
      ...(hasMade ? { madeReports: made } : {}),
    });
  } finally {
    fs.rmSync(made, { recursive: true });
  }
}

const nextOf = ({ verdict }: ScanResult, { evidence, stack }: ScanCommandOptions): string =>
  verdict === "NO-GO"
    ? "mend what was found, or class it under scan.triage in greenlight.yaml, and scan again"
    : evidence
      ? `\`greenlight report --stack ${stack}\` counts it`
      : "`greenlight scan --stack <name> --evidence <folder>` leaves it as evidence";

/** Asks the scanner that is on PATH about every image; false where there is none. */
async function scanImages(images: readonly string[], folder: string): Promise<boolean> {
  const name = (["trivy", "grype"] as const).find(one => spawnSync(one, ["--version"]).status === 0);
  if (!name || images.length === 0) return false;
  for (const [index, image] of images.entries()) {
    const { code, stdout } = await run(name, scanners[name](image), { timeoutMs: 540_000 });
    // A scan that failed leaves no report: the image stays unverifiable.
    if (code === 0) fs.writeFileSync(path.join(folder, `image-${index}.json`), stdout);
  }
  return true;
}

/** The scan as evidence. One that could not look at everything says that it looked at nothing: it cannot be relied on. */
export function scanEvidence(result: ScanResult, stack: string): Evidence {
  const severe = result.findings.filter(
    one => one.state === "not met" && ["critical", "high"].includes(scanRules[one.rule].severity),
  ).length;
  const isWhole = result.findings.every(one => one.state !== "unverifiable") || severe > 0;
  const { files } = result.inspected;
  return {
    schema: "greenlight.evidence/1",
    kind: "source scan",
    subject: { stack, ...(result.commit ? { commit: result.commit } : {}) },
    environment: { name: stack, kind: "repository" },
    ...{ started: result.started, ended: result.ended },
    engines: { "greenlight scan": "0.1.0" },
    config: sha256(canonicalJson(Object.values(scanRules).map(one => one.id))),
    nonce: randomBytes(16).toString("hex"),
    facts: [
      { name: "severe", value: severe, samples: isWhole ? files : 0, at: "findings" },
      { name: "inspected", value: isWhole ? files : 0, samples: files, at: "inspected" },
    ],
  };
}
