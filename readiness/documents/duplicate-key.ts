/**
 * The first key that an object of JSON has twice, with the line it stands on again: readers disagree about which of the two
 * counts, so a file that has one says two things.
 */
export function duplicateKey(text: string): { key: string; line: number } | undefined {
  const holders: (Set<string> | undefined)[] = [];
  let line = 1;
  // A string is a key where an object waits for one: after its brace or a comma.
  let isKeyNext = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === "\n") line++;
    else if (char === '"') {
      const start = at;
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === "\\") at++;
      if (!isKeyNext) continue;
      isKeyNext = false;
      const key = JSON.parse(text.slice(start, at + 1)) as string;
      const keys = holders.at(-1)!;
      if (keys.has(key)) return { key, line };
      keys.add(key);
    } else if (char === "{") {
      holders.push(new Set());
      isKeyNext = true;
    } else if (char === "[") {
      holders.push(undefined);
      isKeyNext = false;
    } else if (char === "}" || char === "]") {
      holders.pop();
      isKeyNext = false;
    } else if (char === ",") isKeyNext = holders.at(-1) !== undefined;
  }
  return undefined;
}
