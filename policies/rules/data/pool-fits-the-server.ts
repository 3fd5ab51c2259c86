import { noneOfIt, notKnown } from "../../engine/example";
import type { Metadata } from "../../engine/kubernetes";
import { ofKind, readAll } from "../../engine/kubernetes";
import type { ExampleResource } from "../../engine/rule";
import { defineRule } from "../../engine/rule";

/** Source: cloudnative-pg.io, "Connection pooling", and pgbouncer.org, "Configuration". */
interface Pooler {
  metadata?: Metadata;
  spec?: { cluster?: { name?: string }; instances?: number; pgbouncer?: { parameters?: Record<string, string> } };
}

interface Cluster {
  metadata?: Metadata;
  spec?: { postgresql?: { parameters?: Record<string, string> }; managed?: { roles?: object[] } };
}

const poolers = ofKind<Pooler>("postgresql.cnpg.io", "Pooler");

/** What PostgreSQL gives where nothing is said, and what it and its operator keep for themselves. */
const defaults = { connections: 100, poolSize: 20, reserved: 10 };

const pooler = (size: unknown, instances = 3): ExampleResource => ({
  type: "kubernetes:postgresql.cnpg.io/v1:Pooler",
  name: "db",
  props: {
    metadata: { name: "db-pooler", namespace: "shop" },
    spec: { cluster: { name: "db" }, instances, pgbouncer: { parameters: { default_pool_size: size } } },
  },
});
const cluster = (parameters: object = {}, roles: object[] = []): ExampleResource => ({
  type: "kubernetes:postgresql.cnpg.io/v1:Cluster",
  name: "db",
  props: { metadata: { name: "db", namespace: "shop" }, spec: { postgresql: { parameters }, managed: { roles } } },
});

export const poolFitsTheServer = defineRule<Pooler>({
  id: "GL-DATA-12",
  slug: "pool-fits-the-server",
  title: "All pools together ask for no more connections than their server has.",
  why: "The pool is there so that a rush waits in it; one that is larger than the server passes the rush on and is refused.",
  fix: "Raise max_connections, or lower default_pool_size: instances × pools × size must fit.",
  severity: "high",
  requirements: ["S-135", "S-136"],
  items: ["B.1.2"],
  mappings: ["NIST:SC-5"],
  scope: "stack",
  inspects: "pool",
  subjects: poolers,
  check: ({ metadata, spec = {} }, { graph }) => {
    const server = graph
      .ofKind("postgresql.cnpg.io", "Cluster")
      .map(one => readAll<Cluster>(one))
      .find(one => one.metadata?.name === spec.cluster?.name && one.metadata?.namespace === metadata?.namespace);
    if (!server)
      return [{ path: "spec.cluster.name", found: "a cluster that is not in this stack", needed: "one that is" }];
    const size = Number(spec.pgbouncer?.parameters?.default_pool_size ?? defaults.poolSize);
    // A pool for each user, and each has a database of his own: the owner's, and one for each role that is managed.
    const users = 1 + (server.spec?.managed?.roles ?? []).length;
    const asked = (spec.instances ?? 1) * users * size;
    const given =
      Number(server.spec?.postgresql?.parameters?.max_connections ?? defaults.connections) - defaults.reserved;
    return asked <= given
      ? []
      : [
          {
            path: "spec.pgbouncer.parameters.default_pool_size",
            found: `for ${asked} connections in all`,
            needed: `at most the server's ${given}`,
          },
        ];
  },
  examples: () => [
    { name: "fits", given: [cluster(), pooler("25")], want: "met" },
    {
      name: "fits a larger server",
      given: [cluster({ max_connections: "300" }, [{ name: "grafana" }]), pooler("25")],
      want: "met",
    },
    {
      name: "two users",
      given: [cluster({}, [{ name: "grafana" }]), pooler("25")],
      want: "not met",
      says: "for 150 connections in all; need at most the server's 90",
    },
    {
      name: "of somebody else's server",
      given: [pooler("25")],
      want: "not met",
      says: "a cluster that is not in this stack",
    },
    { name: "not known yet", given: [cluster(), pooler(notKnown.string)], want: "unverifiable" },
    noneOfIt,
  ],
});
