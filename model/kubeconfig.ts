/** A parsed kubeconfig, as far as it says where a run leads. */
export interface Kubeconfig {
  "current-context"?: string;
  contexts?: { name?: string; context?: { cluster?: string } }[];
  clusters?: {
    name?: string;
    cluster?: {
      server?: string;
      /** A file, as seen from the kubeconfig's folder; the data below counts before it. */
      "certificate-authority"?: string;
      "certificate-authority-data"?: string;
      "insecure-skip-tls-verify"?: boolean;
    };
  }[];
}

/** Where a run leads. */
export interface ClusterTarget {
  server?: string;
  /** The certificate authority that the server must prove itself by, in PEM; absent where any server would do. */
  authority?: string;
}

/** The cluster that the current context leads to. Of several files the first that says something counts, as kubectl has it. */
export function clusterTarget(all: readonly (Kubeconfig | null | undefined)[]): ClusterTarget {
  const current = all.find(one => one?.["current-context"])?.["current-context"];
  const name = all.flatMap(one => one?.contexts ?? []).find(one => one.name === current)?.context?.cluster;
  const cluster = all.flatMap(one => one?.clusters ?? []).find(one => one.name === name)?.cluster;
  const data = cluster?.["certificate-authority-data"];
  const isProved = data !== undefined && cluster?.["insecure-skip-tls-verify"] !== true;
  return {
    ...(cluster?.server === undefined ? {} : { server: cluster.server }),
    ...(isProved ? { authority: Buffer.from(data, "base64").toString("utf8") } : {}),
  };
}
