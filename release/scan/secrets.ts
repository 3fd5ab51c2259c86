import * as path from "node:path";
import type { SecretLintCoreResult, SecretLintRuleCreator, SecretLintSourceCode } from "@secretlint/types";
import type { ScanFinding } from "../../model/scan";

/** A text that stands for a value: a reference, a mask, a phrase of plain words. */
export function isPlaceholder(value: string): boolean {
  if (/[<>{}$%]|\.\.\.|…|\*{3}/.test(value)) return true;
  if (new Set(value.toLowerCase()).size < 6) return true;
  if (/\b(your|change[-_]?me|example|placeholder|dummy|redacted|insert|replace|xxx+)/i.test(value)) return true;
  // Words with separators, without a digit or mixed case: a phrase, not a key.
  return /^[a-z]+([-_. ][a-z]+)*$/.test(value) || /^[A-Z]+([-_. ][A-Z]+)*$/.test(value);
}

interface Pattern {
  rule: "bearer" | "jwt" | "connection";
  /** Its group `value` is what must not be there. */
  pattern: RegExp;
  subject: string;
  isReal: (value: string) => boolean;
}

/** A token holds a digit and a letter at least; a word of twenty letters is a word. */
const isToken = (value: string): boolean => !isPlaceholder(value) && /\d/.test(value) && /[A-Za-z]/.test(value);

/** S-055: the forms tokens take in sources. */
const patterns: readonly Pattern[] = [
  {
    ...{ rule: "bearer", subject: "Bearer", isReal: isToken },
    pattern: /\bBearer\s+(?<value>[A-Za-z0-9+/_.~-]{20,}=*)/dg,
  },
  {
    ...{ rule: "bearer", subject: "Authorization", isReal: isToken },
    pattern:
      /["']?\b[Aa]uthorization["']?\s*[:=,]\s*["'`]?(?!Bearer\b)(?:Basic\s+|Token\s+|token\s+)?(?<value>[A-Za-z0-9+/_~-]{20,}=*)(?=["'`\s,]|$)/dgm,
  },
  {
    ...{ rule: "bearer", subject: "token", isReal: isToken },
    pattern:
      /["']?\b(?:access_token|accessToken|refresh_token|refreshToken|auth_token|authToken|token)["']?\s*[:=]\s*["'`](?<value>[A-Za-z0-9+/_.~-]{20,}=*)["'`]/dg,
  },
  {
    ...{ rule: "jwt", subject: "JWT", isReal: isSigned },
    pattern: /(?<value>eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{10,})/dg,
  },
  {
    ...{ rule: "connection", subject: "password in a connection string" },
    pattern:
      /\b(?:[a-z][a-z0-9+.-]{1,20}):\/\/(?<user>[^\s:@/"'`<>{}$]{0,80}):(?<value>[^\s:@/"'`]{1,200})@[^\s"'`<>]/dg,
    isReal: value => !isPlaceholder(value) || /^[a-z]+$/i.test(value),
  },
];

/** Whether the first part of three says an algorithm; anything else only looks like a token. */
function isSigned(value: string): boolean {
  try {
    const head = JSON.parse(Buffer.from(value.split(".")[0]!, "base64url").toString("utf8")) as { alg?: unknown };
    return typeof head.alg === "string" && head.alg !== "none";
  } catch {
    return false;
  }
}

const ownRules = patterns.map(({ rule, pattern, subject, isReal }, index): [string, SecretLintRuleCreator] => [
  `${rule}/${index}`,
  {
    messages: { found: { en: () => subject } },
    meta: {
      ...{ id: `${rule}/${index}`, recommended: true, type: "scanner" as const },
      supportedContentTypes: ["text" as const],
      docs: { url: "docs/operations/scan.md" },
    },
    create: context => {
      const told = context.createTranslator({ found: { en: () => subject } });
      return {
        file(source: SecretLintSourceCode) {
          for (const match of source.content.matchAll(pattern))
            if (isReal(match.groups!.value!))
              context.report({ message: told("found"), range: match.indices!.groups!.value! });
        },
      };
    },
  },
]);

/** secretlint is a module of the other kind: it is loaded when the first file is looked at. */
let loaded: Promise<(source: { content: string; filePath: string }) => Promise<SecretLintCoreResult>> | undefined;
const load = () =>
  (loaded ??= (async () => {
    const { lintSource } = await import("@secretlint/core");
    // Its profiler keeps a mark of every rule and file and looks through all of them at each new one: 10,000 files would
    // take longer than ten minutes instead of seconds. Nothing here reads the marks.
    const { secretLintProfiler } = await import("@secretlint/profiler");
    secretLintProfiler.mark = () => undefined;
    const { creator } = await import("@secretlint/secretlint-rule-preset-recommend");
    const rules = [{ id: "recommended", rule: creator }, ...ownRules.map(([id, rule]) => ({ id, rule }))];
    return source =>
      lintSource({
        source: { ...source, ext: path.extname(source.filePath), contentType: "text" },
        options: { config: { rules }, noPhysicFilePath: true, maskSecrets: true },
      });
  })());

const held = {
  bearer: "a token",
  jwt: "a signed token",
  connection: "a connection string with its password",
} as const;

/** The longest piece that is looked at in one go, in characters, and how much two pieces share. */
const piece = 1024 * 1024;
const shared = 8 * 1024;

/**
 * Secrets and tokens in a text, by secretlint's recommended rules and ours. What stands there is never part of a
 * finding. Of two findings in one line the more general one is left out.
 */
export async function findSecrets(file: string, text: string): Promise<ScanFinding[]> {
  const lint = await load();
  const found = new Map<string, ScanFinding>();
  for (let from = 0, line = 0; from < text.length || from === 0;) {
    const content = text.slice(from, from + piece);
    const { messages } = await lint({ content, filePath: file });
    for (const { ruleId, messageId, loc } of messages) {
      const at = { file, line: line + loc.start.line };
      const own = patterns[ownRules.findIndex(([id]) => id === ruleId)];
      const kind = ruleId.replace(/^@secretlint\/secretlint-rule-/, "");
      const rule = own?.rule ?? (kind === "database-connection-string" ? "connection" : "secret");
      found.set(`${at.line} ${rule === "jwt" ? "bearer" : rule}`, {
        ...{ ...at, rule, state: "not met", subject: own?.subject ?? `${kind}: ${messageId}` },
        message: `holds ${rule === "secret" ? `a secret (${kind})` : held[rule]}; need a reference to it`,
      });
    }
    if (from + piece >= text.length) break;
    const step = piece - shared;
    line += text.slice(from, from + step).split("\n").length - 1;
    from += step;
  }
  return [...found.values()];
}
