import * as fs from "node:fs";
import { readKubeconfig } from "../../kubernetes-api";
import { stateFiles } from "../../state";

/**
 * The kubeconfig of our own control plane. The stand-in works against no other server (decision 7): the kubeconfig in
 * force must be the local stack's own file, and its server on the loopback address.
 */
export function ownKubeconfig(): string {
  const own = stateFiles().kubeconfig;
  const used = process.env.KUBECONFIG ?? own;
  const refuse = (found: string) =>
    new Error(
      `KUBECONFIG is ${found}; need the local control plane's: the stand-in Kubernetes provider works on no other cluster. ` +
        `Run \`npm run up\` and use \`eval "$(npx greenlight env)"\`, or take the stand-in off PATH to use the official provider.`,
    );
  if (!fs.existsSync(own)) throw refuse(`${used}, and there is no local control plane`);
  if (!fs.existsSync(used) || fs.realpathSync(used) !== fs.realpathSync(own)) throw refuse(used);
  const { hostname } = new URL(readKubeconfig(own).server);
  if (hostname !== "127.0.0.1" && hostname !== "localhost" && hostname !== "[::1]")
    throw refuse(`of a server at ${hostname}`);
  return own;
}
