import type { Part } from "./pins";
import { ensurePython } from "./python-packages";

const sdk = "3.217.0";

/**
 * The engine's host of Python programs, to show that the rules judge them alike. Newer hosts have a module of their own that cannot be
 * had; this one still stood in the SDK's. It knows nothing of `virtualenv` as newer engines tell it: the environment has to be on PATH.
 */
export const pythonHostPart: Part = {
  name: "pulumi-language-python",
  version: "3.50.0",
  purpose: "the engine's host of Python programs",
  programs: ["pulumi-language-python", "pulumi-language-python-exec"],
  go: [
    {
      module: "pulumi-language-python",
      package: "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python",
      program: "pulumi-language-python",
    },
  ],
  goFiles: [
    {
      module: `github.com/pulumi/pulumi/sdk/v3@v${sdk}`,
      sum: "h1:S/gWOMtpgHarSkQD43gBBoEAmGLgXYJcwGHrnPRrGyY=",
      files: ["python/cmd/pulumi-language-python-exec"],
      executable: true,
    },
  ],
};

/** Folder of a Python that has Pulumi's SDKs, from pinned packages. */
export const ensurePythonSdk = (say: (text: string) => void): Promise<string> =>
  ensurePython({ name: "pulumi", what: "Pulumi's SDK for Python", debian: "python3-venv" }, say);
