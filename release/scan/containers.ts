import { DockerfileParser } from "dockerfile-ast";
import type { ScanFinding } from "../../model/scan";

/** Bases that hold what a program needs and little else. */
const minimal =
  /^scratch$|distroless|(^|\/)(alpine|wolfi-base|busybox|chainguard\/[^:@]+|ubi\d*[-/](minimal|micro)|static)(:|@|$)|cgr\.dev\/chainguard\/|[:-](alpine|slim|minimal|micro|nano|chiselled|distroless)/;

const isDigest = (image: string): boolean => /@sha256:[0-9a-f]{64}$/.test(image);
const isNumericUser = (user: string): boolean => /^[1-9]\d*(:\d+)?$/.test(user);
/** Accounts of well-known bases, none of which is root. */
const knownUsers =
  /^(nonroot|node|nobody|app|nginx|www-data|postgres|redis|memcached|jenkins|grafana|prometheus)(:.*)?$/;

/** A build file (S-169): who it runs as, what it starts from, and whether that is the same tomorrow. */
export function findContainer(file: string, text: string): ScanFinding[] {
  const parsed = DockerfileParser.parse(text);
  const stages = parsed.getFROMs();
  const found: ScanFinding[] = [];
  const add = (rule: ScanFinding["rule"], line: number, subject: string, message: string): void =>
    void found.push({ rule, state: "not met", file, line, subject, message });
  if (stages.length === 0)
    return [
      {
        ...{ rule: "unread", state: "unverifiable", file, subject: file },
        message: "has no FROM; need a build file that starts from an image",
      },
    ];
  const names = new Set<string>();
  const preset = new Map(
    parsed.getInitialARGs().map(arg => [arg.getProperty()?.getName() ?? "", arg.getProperty()?.getValue() ?? ""]),
  );
  const filled = (image: string): string =>
    image.replace(
      /\$\{?(\w+)(?::-([^}]*))?\}?/g,
      (all, name: string, other?: string) => preset.get(name) || other || all,
    );
  stages.forEach((from, index) => {
    const image = filled(from.getImage() ?? "");
    const line = from.getRange().start.line + 1;
    const isLast = index === stages.length - 1;
    const isOwn = names.has(image.toLowerCase());
    if (!isOwn && image !== "scratch") {
      if (/\$/.test(image))
        found.push({
          ...{ rule: "digest", state: "unverifiable", file, line, subject: image },
          message: `starts from ${image}, which is told only when it is built; need a digest`,
        });
      else if (!isDigest(image)) add("digest", line, image, `starts from ${image}; need it by digest`);
      if (isLast && !minimal.test(image)) add("base", line, image, `ends on ${image}; need a minimal base`);
    }
    if (isLast && isOwn) {
      const base = baseOf(
        stages.map(one => [one.getBuildStage()?.toLowerCase(), filled(one.getImage() ?? "")]),
        image,
      );
      if (base !== "scratch" && !minimal.test(base)) add("base", line, base, `ends on ${base}; need a minimal base`);
    }
    const name = from.getBuildStage();
    if (name) names.add(name.toLowerCase());
  });
  const last = stages.at(-1)!;
  const user = parsed
    .getInstructions()
    .filter(one => one.getKeyword() === "USER" && one.getRange().start.line > last.getRange().start.line)
    .at(-1);
  const who = user?.getArgumentsContent()?.trim();
  const image = filled(last.getImage() ?? "");
  if (user === undefined || who === undefined) {
    if (!/[:-]nonroot(@|$)/.test(image))
      add(
        "root",
        last.getRange().start.line + 1,
        "USER",
        "says no USER in its last stage, so it runs as root; need one",
      );
  } else if (/^(root|0)(:|$)/.test(who))
    add("root", user.getRange().start.line + 1, "USER", `runs as ${who}; need a user above 0`);
  else if (
    !isNumericUser(who) &&
    !knownUsers.test(who) &&
    !new RegExp(`\\b(useradd|adduser)\\b[^\\n]*\\b${who.replace(/\W.*/, "")}\\b`).test(text)
  )
    found.push({
      ...{ rule: "root", state: "unverifiable", file, line: user.getRange().start.line + 1, subject: "USER" },
      message: `runs as ${who}, which may be root; need a number above 0`,
    });
  for (const one of parsed.getInstructions().filter(each => each.getKeyword() === "ADD")) {
    const content = one.getArgumentsContent() ?? "";
    if (/https?:\/\//.test(content) && !/--checksum=/.test(content))
      add("digest", one.getRange().start.line + 1, "ADD", "adds what a server gives on that day; need --checksum");
  }
  return found;
}

/** The image below a chain of stages. */
function baseOf(stages: [name: string | undefined, image: string][], name: string): string {
  const seen = new Set<string>();
  let at = name.toLowerCase();
  for (;;) {
    const stage = stages.find(([one]) => one === at);
    if (!stage || seen.has(at)) return at;
    seen.add(at);
    at = stage[1].toLowerCase();
  }
}
