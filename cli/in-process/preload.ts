import * as fs from "node:fs";
import Module from "node:module";
import { transformSync } from "esbuild";

/**
 * Preloaded into the processes of programs that are judged in-process. It lets node load TypeScript, compiled one file
 * at a time and not type-checked; only files ending in .ts are touched.
 */
type Loader = (module: { _compile(code: string, file: string): void }, file: string) => void;

(Module as unknown as { _extensions: Record<string, Loader> })._extensions[".ts"] = (module, file) => {
  const source = fs.readFileSync(file, "utf8");
  const { code } = transformSync(source, {
    loader: "ts",
    format: "cjs",
    target: "node20",
    sourcefile: file,
    sourcemap: "inline",
  });
  module._compile(code, file);
};
