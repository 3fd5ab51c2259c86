import type { Harmless, ScanFinding } from "../../model/scan";
import { isPlaceholder } from "./secrets";

/** Names that hold secrets, as the documents' samples: SUPABASE_SERVICE_ROLE_KEY, AI_API_KEY, SECRET_KEY. */
const secretName =
  /(?<![A-Za-z0-9_])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:KEY|SECRET|TOKEN|PASSWORD|PASSWD|PWD|CREDENTIALS?|DSN)(?:_[A-Z0-9]+)*(?![A-Za-z0-9_])|(?<![A-Za-z0-9_])(?:SECRET|PASSWORD|TOKEN|APIKEY|PGPASSWORD)(?![A-Za-z0-9_])/g;

/** Endings that turn a secret's name into that of something else: where it is, how it is made, how long it lasts. */
const notSecret =
  /_(?:FILE|PATH|DIR|URL|URI|ARN|ID|NAME|NAMES|HEADER|PREFIX|SUFFIX|ALGORITHM|ALG|TYPE|TTL|EXPIRY|EXPIRES?|EXPIRE_MINUTES|LENGTH|SIZE|COUNT|LIMIT|VERSION|REF|ROTATION|PATTERN|REGEX|FIELD|LABEL|INDEX|SPACE|SCOPES?)$/;

/** Spellings of reading the variable `N` from the environment. */
const reads = (name: string): RegExp =>
  new RegExp(
    [
      `process\\.env(?:\\?\\.|\\.)${name}\\b`,
      `(?:process\\.env|import\\.meta\\.env|os\\.environ|environ|env|ENV)\\[\\s*["'\`]${name}["'\`]\\s*\\]`,
      `(?:import\\.meta\\.env|Bun\\.env|env)\\.${name}\\b`,
      `(?:os\\.)?(?:getenv|environ\\.get|Getenv|LookupEnv)\\(\\s*["'\`]${name}["'\`]`,
      `Deno\\.env\\.get\\(\\s*["'\`]${name}["'\`]`,
      `\\b(?:config|env|get_?env|read_?env|require_?env|secret|get_?secret|must_?env|getOrThrow|get)(?:\\.(?:str|get|getOrThrow|require))?\\(\\s*["'\`]${name}["'\`]`,
      `\\b(?:env|alias|validation_alias)\\s*=\\s*["']${name}["']`,
    ].join("|"),
    "i",
  );

/** References that are filled in when something runs. */
const references = (name: string): RegExp =>
  new RegExp(
    `\\$\\{\\{[^}]*\\b${name}\\b[^}]*\\}\\}|\\$\\{${name}(?::\\?[^}]*)?\\}|\\$\\(?${name}\\b|\\{\\{[^}]*\\b${name}\\b[^}]*\\}\\}|%${name}%|@${name}@|__${name}__`,
  );

const words =
  /^(?:str|string|text|number|int|integer|bool|boolean|bytes|required|optional|null|none|nil|undefined|true|false|any|unknown|secret|secretstr|-|~|\[\]|\{\}|env|opaque)$/i;

/** Whether what a name is given is a value that somebody could use. */
function isValue(value: string, name: string): boolean {
  const bare = value.trim();
  if (
    bare.length < 4 ||
    words.test(bare) ||
    bare.toUpperCase() === name ||
    (/^[A-Z][A-Z0-9_]*$/.test(bare) && bare.includes("_"))
  )
    return false;
  if (/^\d+(\.\d+)?[a-z]{0,2}$/i.test(bare)) return false;
  if (/^(?:\/|\.\.?\/|file:|vault:|op:\/\/|arn:|projects\/|secretsmanager:|ssm:|gcp-sm:|ref\+|env:|exec:)/.test(bare))
    return false;
  // A field's name, such as `secret_key` or `apiKey`.
  if (/^[a-z]+(?:[_.-][a-z]+)*$/.test(bare) && /(key|secret|token|password|dsn|credential)/.test(bare)) return false;
  return !isPlaceholder(bare) || /^[a-z]+$/i.test(bare);
}

const quoted = `(?:["'](?<q>[^"']*)["']|\`(?<t>[^\`$]*)\`)`;
/** A name that is given a literal: by `=` or `:`, with or without a type between, in code or data. */
const assigned = (name: string): RegExp =>
  new RegExp(
    `["']?\\b${name}["']?\\s*\\]?\\s*(?::\\s*[\\w.<>|\\[\\] ]{1,60})?(?<![=!<>])(?:=|:)(?!=)\\s*(?:[rbu]|process\\.env\\.\\w+\\s*(?:\\|\\||\\?\\?)\\s*)?${quoted}`,
  );
/** A literal that takes a variable's place where it is not set. */
const fallback = (name: string): RegExp =>
  new RegExp(
    `\\b${name}(?:["'\`]\\s*,\\s*(?:default\\s*=\\s*)?|["'\`]?\\s*\\]?\\s*\\)?\\s*(?:\\|\\||\\?\\?|\\bor\\b)\\s*)${quoted}|\\b${name}(?::-|:=)(?<d>[^}"']+)\\}`,
  );
/** `NAME=value` in a file of settings or a build file, and `NAME: value` in YAML, without quotes. */
const bareAssigned = (name: string): RegExp =>
  new RegExp(
    `^\\s*(?:-\\s*)?(?:export\\s+|ENV\\s+|ARG\\s+|#\\s*)?${name}\\s*(?:=|:\\s+|\\s+(?=\\S+$))(?<v>[^\\s#"'][^#]*?)\\s*(?:#.*)?$`,
  );

const printing =
  /\b(?:print|pprint|println|console\.(?:log|info|warn|error|debug|trace)|log(?:ger|ging)?(?:\.(?:log|info|warn|warning|error|debug|trace|exception|critical))?|fmt\.(?:Print|Sprint)\w*|puts|echo|printf)\s*[( ](?<rest>.*)$/;
const answering =
  /\b(?:res|response|reply|ctx|c)\.(?:status\([^)]*\)\.)?(?:json|send|end|write|body)\s*\(?(?<rest>.*)$|\b(?:jsonify|JSONResponse|HttpResponse|make_response)\s*\((?<rest2>.*)$/;
const publicName =
  /^(?:NEXT_PUBLIC|VITE|REACT_APP|PUBLIC|EXPO_PUBLIC|NUXT_PUBLIC|GATSBY)_.*(?:SECRET|PRIVATE|SERVICE_ROLE|PASSWORD)/;

/** What is left of a line when literals are cut out; what a template or an f-string puts in stays. */
const withoutLiterals = (line: string): string =>
  line
    .replace(/\b[fF](["'])((?:\\.|(?!\1).)*)\1/g, (_all, _quote, inner: string) =>
      [...inner.matchAll(/\{([^{}]*)\}/g)].map(m => m[1]).join(" "),
    )
    .replace(/`((?:\\.|[^`])*)`/g, (_all, inner: string) =>
      [...inner.matchAll(/\$\{([^{}]*)\}/g)].map(m => m[1]).join(" "),
    )
    .replace(/(["'])((?:\\.|(?!\1).)*)\1/g, '""');

/** Whether what is printed or answered holds the variable's value and not its name. */
function isGivenOut(rest: string, name: string, isShell: boolean): boolean {
  if (isShell) return new RegExp(`\\$\\{?${name}\\b`).test(rest) && !/\|(?!\|)|>\s*\S/.test(rest);
  const read = new RegExp(reads(name).source, "gi");
  const shown = withoutLiterals(rest.replace(read, " \u0001 "));
  if (
    /\b(?:Boolean|bool|typeof|len|!!)\s*\(?\s*\u0001/.test(shown) ||
    /\u0001\s*\)?\s*(?:===?|!==?|\?\s|is not|is None)/.test(shown)
  )
    return false;
  return shown.includes("\u0001") || new RegExp(`(?:\\.|\\b)${name}\\b`).test(shown);
}

const isComment = (line: string): boolean => /^\s*(?:\/\/|#|\*|\/\*|<!--|--\s)/.test(line);

type Class = { leak: string } | { class: Harmless["class"]; reason: string } | undefined;

/** What one use of a name is: a leak, one of the three harmless kinds with the reason, or nothing that a rule knows. */
export function classify(line: string, name: string, file: string): Class {
  const literal = (match: RegExpExecArray | null): string | undefined =>
    match?.groups?.q ?? match?.groups?.t ?? match?.groups?.d ?? match?.groups?.v;
  const isData = /\.(ya?ml|json|toml|ini|properties|env[\w.]*|tfvars)$|(^|\/)\.env|ockerfile|ontainerfile/.test(file);
  if (publicName.test(name)) return { leak: "a name that is built into what every browser gets" };
  if (notSecret.test(name))
    return { class: "declaration", reason: "names where it is or how it is made, not what it is" };
  const given = literal(assigned(name).exec(line)) ?? (isData ? literal(bareAssigned(name).exec(line)) : undefined);
  if (given !== undefined && isValue(given, name)) return { leak: "a literal that it is given" };
  const instead = literal(fallback(name).exec(line));
  const isRead = reads(name).test(line);
  if (instead !== undefined && isValue(instead, name) && (isRead || references(name).test(line) || /:-|:=/.test(line)))
    return { leak: "a literal that takes its place where it is not set" };
  const isShell = isData || /\.sh$/.test(file);
  const out = printing.exec(line);
  if (out && !isComment(line) && isGivenOut(out.groups!.rest!, name, isShell)) return { leak: "printed" };
  const answer = answering.exec(line);
  if (answer && !isComment(line) && isGivenOut(answer.groups!.rest ?? answer.groups!.rest2 ?? "", name, false))
    return { leak: "part of an answer" };
  if (new RegExp(`\\{\\{[^}]*\\b${name}\\b[^}]*\\}\\}`).test(line))
    return { class: "secret-field reference", reason: "a reference that is filled in when it runs" };
  if (isRead) return { class: "config read", reason: "reads the variable when it runs" };
  if (references(name).test(line))
    return { class: "secret-field reference", reason: "a reference that is filled in when it runs" };
  if (
    /\b(?:secretKeyRef|secretRef|valueFrom|remoteRef|secretName|secret_name|secretKey)\b/.test(line) ||
    /^\s*-?\s*(?:key|property|secretKey|target)\s*:/.test(line)
  )
    return { class: "secret-field reference", reason: "names the field of a secret store" };
  if (isComment(line)) return { class: "declaration", reason: "a remark that names it" };
  if (new RegExp(`\\{[^{}=]*\\b${name}\\b[^{}=]*\\}\\s*=(?!=)`).test(line))
    return { class: "secret-field reference", reason: "takes the field out of settings that were read before" };
  if (isData && new RegExp(`^\\s*-?\\s*["']?[\\w-]+["']?\\s*:\\s*["']?(?:[\\w'’]+,? ){2,}.*\\b${name}\\b`).test(line))
    return { class: "declaration", reason: "its name in a sentence" };
  if (new RegExp(`[\\w)\\]](?:\\?\\.|\\.|->|::)${name}\\b`).test(line))
    return { class: "secret-field reference", reason: "reads the field of settings that were read before" };
  if (
    given !== undefined ||
    new RegExp(`["']?\\b${name}\\b["']?\\s*[?!]?\\s*(?::|=(?!=))`).test(line) ||
    /^\s*-\s*name\s*:/.test(line)
  )
    return { class: "declaration", reason: "declares that it is there, without a value" };
  if (new RegExp(`^\\s*(?:-\\s*)?["'\`]?${name}["'\`]?\\s*,?\\s*$|["'\`]${name}["'\`]`).test(line))
    return { class: "declaration", reason: "its name alone, in a list or a text" };
  if (/\b(?:ARG|export|unset|declare|const|let|var|enum|import|type|interface|delete|del)\b/.test(line))
    return { class: "declaration", reason: "declares it, without a value" };
  if (new RegExp(`(?:^|[\\s(,=:!?&|\\[{+])${name}\\s*(?:[),;:.\\]}?&|+=<>]|$)`).test(withoutLiterals(line)))
    return { class: "secret-field reference", reason: "uses the constant that was read before" };
  if (new RegExp(`["'\`][^"'\`]*\\b${name}\\b[^"'\`]*["'\`]`).test(line))
    return { class: "declaration", reason: "its name in a sentence" };
  if (new RegExp(`/[^/]*\\b${name}\\b[^/]*/`).test(line))
    return { class: "declaration", reason: "its name in a pattern" };
  return undefined;
}

const wholeEnvironment =
  /\b(?:console\.\w+|print|pprint|log(?:ger|ging)?\.\w+|json\.dumps|JSON\.stringify|jsonify|res\.(?:json|send))\s*\(\s*(?:dict\(\s*)?(?:process\.env|os\.environ)\s*[),]/;

/** The longest line that is looked at whole, and how far around a name it is looked at otherwise, in characters. */
const longest = 1_000;
const around = 200;

/** Secrets' names in a line, each with the line, or with what stands around it: minified files have one line. */
function usesIn(line: string): [name: string, around: string][] {
  if (line.length <= longest) return [...new Set(line.match(secretName) ?? [])].map(name => [name, line]);
  return [...line.matchAll(secretName)].map(({ 0: name, index }) => [
    name,
    line.slice(Math.max(0, index - around), index + name.length + around),
  ]);
}

/** Uses of secrets' names in a file: leaks, uses nobody can class, and harmless ones with the reason. */
export function findEnvironment(file: string, text: string): { found: ScanFinding[]; harmless: Harmless[] } {
  const found: ScanFinding[] = [];
  const harmless: Harmless[] = [];
  text.split("\n").forEach((line, index) => {
    const at = { file, line: index + 1 };
    if (line.length <= longest && wholeEnvironment.test(line))
      found.push({
        ...at,
        ...{ rule: "leak", state: "not met", subject: "the whole environment" },
        message: "gives out the whole environment; need the names that are meant",
      });
    for (const [name, around] of usesIn(line)) {
      const is = classify(around, name, file);
      if (is === undefined)
        found.push({
          ...at,
          ...{ rule: "unclear", state: "unverifiable", subject: name },
          message: `uses ${name} in a way no rule knows; need a class for it`,
        });
      else if ("leak" in is)
        found.push({
          ...at,
          ...{ rule: "leak", state: "not met", subject: name },
          message: `gives out ${name} (${is.leak}); need its name only`,
        });
      else harmless.push({ ...at, name, ...is });
    }
  });
  return { found, harmless };
}
