import { dataPort, sentinelPort } from "./data/redis-network";
import { mongodbPort } from "./data/mongodb-spec";
import { storePort } from "./data/object-store-spec";
import { poolerPort } from "./data/postgres-spec";
import { monitoringNamespace } from "./observability/names";
import { collectorName, otlpPort } from "./observability/tracing";
import * as pod from "./pod";

/** A store, as far as reaching it goes. */
interface Reachable {
  name: string;
  namespace: string;
  clients?: string[] | undefined;
}

export interface Stores {
  postgres?: Reachable | undefined;
  mongodb?: Reachable | undefined;
  redis?: Reachable | undefined;
  objectStore?: Reachable | undefined;
}

export interface Reach {
  to: object[];
  ports: number[];
}

/**
 * What a service may get out to: the stores that name it as a client, and the collector of traces. Both sides of every
 * connection come from one list, so none is open on one side only.
 */
export function reachesOf(client: string, stores: Stores, traced: boolean): Reach[] {
  const into = ({ namespace }: Reachable, matchLabels: Record<string, string>) => [
    { ...pod.namespaceNamed(namespace), podSelector: { matchLabels } },
  ];
  const named = (name: string) => ({ "app.kubernetes.io/name": name });
  const { postgres, mongodb, redis, objectStore } = stores;
  const uses = (store: Reachable | undefined): store is Reachable => store?.clients?.includes(client) ?? false;
  return [
    ...(uses(postgres)
      ? [{ to: into(postgres, { "cnpg.io/poolerName": `${postgres.name}-pooler` }), ports: [poolerPort] }]
      : []),
    ...(uses(mongodb)
      ? [{ to: into(mongodb, { "app.kubernetes.io/instance": mongodb.name }), ports: [mongodbPort] }]
      : []),
    ...(uses(redis) ? [{ to: into(redis, named(redis.name)), ports: [dataPort, sentinelPort] }] : []),
    ...(uses(objectStore) ? [{ to: into(objectStore, named(objectStore.name)), ports: [storePort] }] : []),
    ...(traced
      ? [
          {
            to: [{ ...pod.namespaceNamed(monitoringNamespace), ...pod.podsNamed(collectorName) }],
            ports: [otlpPort, otlpPort + 1],
          },
        ]
      : []),
  ];
}
