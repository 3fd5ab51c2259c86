import * as path from "node:path";

/** This checkout (compiled code lies in bin/local, and once more as one file in bin/cli). */
export const root = path.resolve(__dirname, "..", "..");

/** A compiled file of this checkout, such as `cli/in-process/preload.js`. */
export const compiled = (file: string): string => path.join(root, "bin", file);

/** Where the local stack of this checkout keeps what `down` removes; tests set GREENLIGHT_STATE. */
export const stateDir = (): string => process.env.GREENLIGHT_STATE ?? path.join(root, ".greenlight", "local");

/** Files of the local stack by what they are. */
export const stateFiles = () => {
  const dir = stateDir();
  return {
    dir,
    kubeconfig: path.join(dir, "kubeconfig"),
    /** kwokctl's own folder: PKI, process ids, logs, etcd's data. */
    kwok: path.join(dir, "kwok"),
    /** The file backend of the engine. */
    backend: path.join(dir, "backend"),
    controlPlane: path.join(dir, "control-plane.json"),
    lock: path.join(dir, "lock"),
  };
};
