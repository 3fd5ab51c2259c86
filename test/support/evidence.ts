import type { KeyObject } from "node:crypto";
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { sha256 } from "../../model/canonical";
import type { EvidenceKind } from "../../model/evidence";
import type { Outcome } from "../../model/outcome";
import type { Verdict } from "../../model/verdict";
import { items } from "../../policies/items/catalogue";
import { rules } from "../../policies/rules/catalogue";
import { collectEvidence } from "../../readiness/evidence/collect";
import type { RunEvidence } from "../../readiness/evidence/run";
import { computeVerdict } from "../../readiness/verdict";
import type { Expected } from "../../readiness/evidence/setting";
import type { TrustedKey } from "../../readiness/evidence/statement";
import { predicateType } from "../../readiness/evidence/statement";
import { keyId, payloadType, preAuthentication } from "../../policies/passport";

/** An ed25519 key that is the same in every run; good for tests and nothing else. */
export function testKey(name: string): { trusted: TrustedKey; privateKey: KeyObject } {
  const seed = Buffer.from(sha256(`test key ${name}`), "hex");
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "pem" });
  return { trusted: { name, publicKey: String(publicKey) }, privateKey };
}

/** Does something with a folder that is gone afterwards. */
export const inFolder = <T>(work: (dir: string) => T): T => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "greenlight-evidence-"));
  try {
    return work(dir);
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
};

export const moment = Date.parse("2026-11-25T12:00:00Z");
const hour = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString();

/** A file's statement, signed where a key is given. */
export function statementOf(
  file: string,
  predicate: { environment?: string; ended?: string; simulated?: boolean; config?: string },
  key?: ReturnType<typeof testKey>,
): object {
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: path.basename(file), digest: { sha256: sha256(fs.readFileSync(file)) } }],
    predicateType,
    predicate,
  };
  if (!key) return statement;
  const body = Buffer.from(JSON.stringify(statement));
  const sig = sign(null, preAuthentication(body), key.privateKey).toString("base64");
  return {
    payloadType,
    payload: body.toString("base64"),
    signatures: [{ keyid: keyId(key.trusted.publicKey), sig }],
  };
}

/** Our envelope around facts. */
export const envelopeOf = (
  kind: EvidenceKind,
  facts: Record<string, number | boolean>,
  change: { ended?: string; environment?: object; stack?: string; at?: number } = {},
): object => ({
  schema: "greenlight.evidence/1",
  kind,
  subject: { stack: change.stack ?? "production" },
  environment: change.environment ?? { name: change.stack ?? "production", kind: "cluster" },
  started: iso((change.at ?? moment) - 3 * hour),
  ended: change.ended ?? iso((change.at ?? moment) - 2 * hour),
  engines: { tool: "1.0" },
  config: "0".repeat(64),
  nonce: "0123456789abcdef",
  facts: Object.entries(facts).map(([name, value]) => ({ name, value, samples: 1 })),
});

/** Files of a set in which everything is as it should be an hour before a moment, by name: real tool formats where there are any. */
export const soundFiles = (at = moment, stack = "production"): Record<string, unknown> => ({
  "k6.json": {
    metrics: {
      http_reqs: { count: 60_000, rate: 100 },
      http_req_duration: { med: 61, max: 900, "p(90)": 180, "p(95)": 240, thresholds: { "p(95)<500": false } },
      http_req_failed: { passes: 30, fails: 59_970, value: 0.0005 },
    },
  },
  "newman.json": {
    collection: {},
    run: { stats: { assertions: { total: 60, failed: 0 } }, timings: { completed: at - hour } },
  },
  "trivy.json": {
    SchemaVersion: 2,
    ArtifactName: "registry.example.com/api",
    CreatedAt: iso(at - hour),
    Metadata: { RepoDigests: [`registry.example.com/api@sha256:${"a".repeat(64)}`] },
    Results: [{ Target: "api", Packages: [{ Name: "openssl" }], Vulnerabilities: [{ Severity: "LOW" }] }],
  },
  "secretlint.json": [{ filePath: "src/a.ts", messages: [] }],
  "sbom.json": { bomFormat: "CycloneDX", metadata: { timestamp: iso(at - hour) }, components: [{ name: "zod" }] },
  "coverage-summary.json": { total: { lines: { total: 1_000, covered: 870 } } },
  "builds.json": { timestamp: iso(at - hour), builds: [{ name: "image", status: "success" }] },
  "budgets.json": {
    status: "success",
    data: {
      resultType: "vector",
      result: [
        {
          metric: { __name__: "slo:error_budget:remaining_ratio", slo: "api" },
          value: [(at - hour) / 1_000, "0.82"],
        },
      ],
    },
  },
  "probes.json": {
    status: "success",
    data: {
      resultType: "vector",
      result: [{ metric: { __name__: "probe_success" }, value: [(at - hour) / 1_000, "1"] }],
    },
  },
  "alerts.json": [
    {
      labels: { alertname: "A", severity: "critical" },
      startsAt: iso(at - 30 * hour),
      endsAt: iso(at - 29 * hour),
      actedOn: true,
    },
  ],
  "rollout.json": {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Rollout",
    status: { phase: "Healthy", currentStepIndex: 8, conditions: [{ lastUpdateTime: iso(at - hour) }] },
  },
  "restore.json": envelopeOf("restore drill", { succeeded: true, rtoMs: 1_800_000, rpoMs: 120_000 }, { at, stack }),
  "rollback.json": envelopeOf("rollback drill", { succeeded: true, rollbackMs: 212_000 }, { at, stack }),
  "failure.json": envelopeOf("failure drill", { succeeded: true, total: 3 }, { at, stack }),
  "stress.json": envelopeOf("stress test", { total: 90_000, failed: 4_000, p95Ms: 900 }, { at, stack }),
  "change.json": envelopeOf("change record", { succeeded: true }, { at, stack }),
  "migration.json": envelopeOf("migration check", { succeeded: true }, { at, stack }),
  "logs.json": envelopeOf("log sample", { succeeded: true }, { at, stack }),
  "traces.json": envelopeOf("trace sample", { succeeded: true }, { at, stack }),
  ...Object.fromEntries(
    items.flatMap(item =>
      item.attestations.map((statement, index) => [
        `attestation-${item.id}-${index}.json`,
        {
          schema: "greenlight.attestation/1",
          item: item.id,
          statement,
          stack,
          by: "Ada",
          at: iso(at - hour),
        },
      ]),
    ),
  ),
});

export const ciKey = testKey("ci");
/** The key of who attests in the sound set. */
export const adaKey = testKey("Ada");
export const register: Expected[] = [...new Set(items.flatMap(item => item.evidence.map(({ kind }) => kind)))].map(
  kind => ({ kind, owner: "Ada", producer: "ci" }),
);

/** Writes a set; each file with a statement of the CI's key, unless it is left unsigned. */
export function writeSet(
  dir: string,
  files: Record<string, unknown>,
  unsigned: readonly string[] = [],
  nowMs: number = moment,
  environment = "production",
): string {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(dir, name);
    fs.writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    const statement = statementOf(
      file,
      { environment, ended: iso(nowMs - hour) },
      unsigned.includes(name) ? undefined : name.startsWith("attestation") ? adaKey : ciKey,
    );
    // What the tool itself says of time and place stands; a statement adds what it leaves open.
    fs.writeFileSync(`${file}.intoto.json`, JSON.stringify(statement));
  }
  return dir;
}

/** A run of a real preview in which every rule is met, but for those that are named. */
export const metRun = (states: Record<string, Outcome> = {}, pack = "k"): RunEvidence => ({
  subject: { project: "shop", stack: "production", tier: "production", phase: "preview" },
  ...{ catalogue: "c", pack, close: { resources: 9, types: {} }, tampered: false },
  results: rules.map(rule => ({
    ...{ rule: rule.id, urn: "u", inspected: 1, findings: [] },
    state: states[rule.id] ?? "met",
  })),
});

/** The verdict on production of a folder of evidence, with such a run. */
export const verdictIn = (dir: string, run: RunEvidence = metRun()): Verdict =>
  computeVerdict(run, {
    ...{ rules, items, source: "preview", simulated: [] },
    evidence: {
      collected: collectEvidence(dir, [ciKey.trusted, adaKey.trusted]),
      setting: { stack: "production", tier: "production", nowMs: moment, register },
    },
  });
