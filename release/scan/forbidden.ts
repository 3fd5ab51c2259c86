import type { Forbidden } from "../settings";
import type { ScanFinding } from "../../model/scan";

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The forms an import takes (S-054); `M` stands for a module or what is below it. */
const forms = (module: string): [form: string, pattern: RegExp][] => {
  const m = escaped(module);
  const quoted = `["'\`]${m}(?:/[^"'\`]*)?["'\`]`;
  const python = m.replace(/-/g, "_");
  return [
    ["from-import", new RegExp(`^\\s*from\\s+${python}(?:\\.[\\w.]+)?\\s+import\\b`)],
    [
      "import",
      new RegExp(`^\\s*import\\s+(?:[\\w.]+(?:\\s+as\\s+\\w+)?\\s*,\\s*)*${python}(?:\\.[\\w.]+)?(?:\\s|,|;|$)`),
    ],
    ["import", new RegExp(`\\b(?:from|import)\\s*${quoted}`)],
    ["import()", new RegExp(`\\bimport\\s*\\(\\s*${quoted}`)],
    ["require", new RegExp(`\\brequire(?:\\.resolve)?\\s*\\(\\s*${quoted}`)],
    ["import_module", new RegExp(`\\b(?:import_module|__import__)\\s*\\(\\s*["']${python}(?:\\.[\\w.]+)?["']`)],
  ];
};

/** A line that is only a comment. */
const isComment = (line: string): boolean => /^\s*(\/\/|#(?!include)|\*|\/\*)/.test(line);

/** Uses of what a repository gave up: imports in every form, calls, and dependencies that are declared. */
export function findForbidden(file: string, text: string, all: readonly Forbidden[]): ScanFinding[] {
  const found: ScanFinding[] = [];
  const add = (one: Forbidden, line: number, subject: string, how: string): void =>
    void found.push({
      ...{ rule: "forbidden", state: "not met", file, line, subject },
      message: `uses ${subject} (${how}), which is forbidden: ${one.because}${one.instead ? `; need ${one.instead}` : ""}`,
    });
  const lines = text.split("\n");
  for (const one of all) {
    // Most files name none of it: a look at the whole text spares the look at each line.
    if (
      ![...one.modules, ...(one.calls ?? [])].some(
        word => text.includes(word) || text.includes(word.replace(/-/g, "_")),
      )
    )
      continue;
    if (/(^|\/)package\.json$/.test(file)) {
      found.push(...declared(file, text, one));
      continue;
    }
    if (/\.(json|ya?ml)$/.test(file)) continue;
    const tried = one.modules.flatMap(module => forms(module).map(([form, pattern]) => ({ module, form, pattern })));
    const calls = (one.calls ?? []).filter(call => !isOwn(text, call, one.modules));
    lines.forEach((line, index) => {
      if (line.length > 20_000 || isComment(line)) return;
      const hit = tried.find(({ pattern }) => pattern.test(line));
      if (hit) return add(one, index + 1, hit.module, hit.form);
      const call = calls.find(each => new RegExp(`(?<![\\w$])${escaped(each)}\\s*\\(`).test(line));
      if (call) add(one, index + 1, call, "a call");
    });
  }
  return found;
}

/** Whether a file has a function of this name that is not the forbidden one: its own, or another module's. */
function isOwn(text: string, call: string, modules: readonly string[]): boolean {
  const name = escaped(call);
  if (new RegExp(`\\b(?:function|def)\\s+${name}\\b|\\b(?:const|let|var)\\s+${name}\\s*=`).test(text)) return true;
  const from = new RegExp(`\\bimport\\s*(?:type\\s*)?\\{[^}]*\\b${name}\\b[^}]*\\}\\s*from\\s*["']([^"']+)["']`).exec(
    text,
  )?.[1];
  return from !== undefined && !modules.some(module => from === module || from.startsWith(`${module}/`));
}

/** Dependencies that a package declares. */
function declared(file: string, text: string, one: Forbidden): ScanFinding[] {
  let parsed: Record<string, unknown>;
  try {
    parsed = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return [];
  }
  const kinds = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
  const names = kinds.flatMap(kind => Object.keys((parsed[kind] as object | undefined) ?? {}));
  return names
    .filter(name =>
      one.modules.some(module => name === module || name.startsWith(`${module}/`) || name.startsWith(`@${module}/`)),
    )
    .map(name => ({
      ...{ rule: "forbidden" as const, state: "not met" as const, file, subject: name },
      line: text.split("\n").findIndex(line => line.includes(`"${name}"`)) + 1,
      message: `depends on ${name}, which is forbidden: ${one.because}${one.instead ? `; need ${one.instead}` : ""}`,
    }));
}
