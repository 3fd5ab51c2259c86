import { fail } from "../../model/faults";

/** Operating system and processor in Go's words. */
export interface Platform {
  os: "linux" | "darwin";
  arch: "amd64" | "arm64";
}

export function hostPlatform(): Platform {
  const arch = { x64: "amd64", arm64: "arm64" }[process.arch as string];
  if ((process.platform !== "linux" && process.platform !== "darwin") || !arch)
    throw fail("this machine", `${process.platform}/${process.arch}`, "Linux or macOS on x64 or arm64");
  return { os: process.platform, arch: arch as Platform["arch"] };
}

/** Compares dotted versions number by number; a leading v and anything after the numbers is ignored. */
export function compareVersions(a: string, b: string): number {
  const numbers = (text: string) => (/\d+(\.\d+)*/.exec(text)?.[0] ?? "0").split(".").map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
