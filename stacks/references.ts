import type { Fault } from "../model/faults";
import { UserError } from "../model/faults";
import type { PlatformConfig } from "./schema";

/** Namespaces that operators bring along, and those of the platform's own parts. */
const taken: Record<string, string> = {
  gateway: "the gateway's own",
  monitoring: "observability's own",
};
const operatorHomes: Partial<Record<NonNullable<PlatformConfig["operators"]>[number], string>> = {
  certificates: "cert-manager",
  secrets: "external-secrets",
  postgres: "cnpg-system",
  mongodb: "psmdb-system",
  monitoring: "monitoring-system",
  gateway: "envoy-gateway-system",
  scaling: "keda",
  rollouts: "argo-rollouts",
  velero: "velero",
};

/** Names that point at nothing, and wishes that contradict each other, are faults of the config. */
export function checkReferences(config: PlatformConfig, file: string): PlatformConfig {
  const at = (place: string) => `${file}: greenlight:${place}`;
  const faults: Fault[] = [
    ...namespaceFaults(config, at),
    ...serviceFaults(config, at),
    ...storeFaults(config, at),
    ...doorFaults(config, at),
    ...twiceFaults(config, at),
  ];
  if (faults.length > 0) throw new UserError(faults);
  return config;
}

type At = (place: string) => string;

const namesOf = (list: { name: string }[] | undefined): string[] => (list ?? []).map(one => one.name);

function namespaceFaults({ namespaces, operators = [] }: PlatformConfig, at: At): Fault[] {
  const homes = Object.fromEntries(
    operators.flatMap(name => (operatorHomes[name] ? [[operatorHomes[name], `made with the operator ${name}`]] : [])),
  ) as Record<string, string>;
  return namesOf(namespaces).flatMap((name, index) => {
    const owner = taken[name] ?? homes[name];
    return owner
      ? [{ where: at(`namespaces[${index}].name`), found: `"${name}", ${owner}`, needed: "a name of your own" }]
      : [];
  });
}

function serviceFaults({ namespaces, services, workers = [], secrets }: PlatformConfig, at: At): Fault[] {
  const known = namesOf(namespaces);
  const names = namesOf(services);
  const homeless = (kind: string, list: { namespace: string }[]): Fault[] =>
    list.flatMap((one, index) =>
      known.includes(one.namespace)
        ? []
        : [
            {
              where: at(`${kind}[${index}].namespace`),
              found: `"${one.namespace}"`,
              needed: `one of the namespaces ${known.join(", ")}`,
            },
          ],
    );
  const strangers = services.flatMap((one, index) =>
    [...(one.callers ?? []), ...namesOf(one.calls)]
      .filter(other => !names.includes(other))
      .map(other => ({
        where: at(`services[${index}]`),
        found: `in touch with "${other}"`,
        needed: `one of the services ${names.join(", ")}`,
      })),
  );
  const unfed = [...services, ...workers].flatMap(({ name, secrets: wanted = {} }) =>
    Object.keys(wanted).length > 0 && !secrets
      ? [
          {
            where: at(`secrets`),
            found: `missing, and ${name} wants ${Object.keys(wanted).join(", ")} out of it`,
            needed: "the store that secrets come from",
          },
        ]
      : [],
  );
  return [...unfed, ...homeless("services", services), ...homeless("workers", workers), ...strangers];
}

function storeFaults(config: PlatformConfig, at: At): Fault[] {
  const { namespaces, services, workers = [], backup, postgres, mongodb, redis, objectStore, s3 } = config;
  const faults: Fault[] = [];
  for (const [key, store] of Object.entries({ postgres, mongodb, redis, objectStore })) {
    if (!store) continue;
    if (!namesOf(namespaces).includes(store.namespace))
      faults.push({
        where: at(`${key}.namespace`),
        found: `"${store.namespace}"`,
        needed: `one of the namespaces ${namesOf(namespaces).join(", ")}`,
      });
    for (const client of store.clients ?? [])
      if (![...services, ...workers].some(one => `${one.namespace}/${one.name}` === client))
        faults.push({ where: at(`${key}.clients`), found: `"${client}"`, needed: "a service, as namespace/name" });
    if (!backup)
      faults.push({
        where: at(key),
        found: "without greenlight:backup",
        needed: "a backup plan for what keeps data",
        fix: "Give greenlight:backup with a target bucket.",
      });
  }
  if (objectStore && s3)
    faults.push({
      where: at("s3"),
      found: "given beside greenlight:objectStore",
      needed: "one of the two",
      fix: "Services find their objects in one place; remove the other.",
    });
  return faults;
}

/** The door, what goes through it, and what is outside. */
function doorFaults(config: PlatformConfig, at: At): Fault[] {
  const { gateway, services, workers = [], dependencies = [], certificates, observability } = config;
  const faults: Fault[] = [];
  const served = (host: string) =>
    gateway?.hosts.some(
      one => one === host || (one.startsWith("*.") && host.split(".").slice(1).join(".") === one.slice(2)),
    );
  const hosts = [
    ...services.map((one, index) => [`services[${index}].expose.host`, one.expose?.host] as const),
    ["observability.host", observability?.host] as const,
  ];
  for (const [place, host] of hosts)
    if (host !== undefined && !served(host))
      faults.push({
        where: at(place),
        found: `"${host}"`,
        needed: gateway
          ? `one of the gateway's hosts ${gateway.hosts.join(", ")}`
          : "a greenlight:gateway that serves it",
      });
  if (gateway && !certificates)
    faults.push({
      where: at("gateway"),
      found: "without greenlight:certificates",
      needed: "an authority to get certificates from",
    });
  if (gateway?.issuer === "public" && !certificates?.acme)
    faults.push({
      where: at("gateway.issuer"),
      found: '"public"',
      needed: "greenlight:certificates.acme, which says whom to ask",
    });
  for (const [index, one] of dependencies.entries()) {
    if (!gateway)
      faults.push({
        where: at(`dependencies[${index}]`),
        found: "without greenlight:gateway",
        needed: "the gateway, through which services reach it",
      });
    for (const client of one.clients)
      if (![...services, ...workers].some(other => `${other.namespace}/${other.name}` === client))
        faults.push({
          where: at(`dependencies[${index}].clients`),
          found: `"${client}"`,
          needed: "a service or worker, as namespace/name",
        });
  }
  return faults;
}

function twiceFaults(config: PlatformConfig, at: At): Fault[] {
  const lists = {
    namespaces: namesOf(config.namespaces),
    services: [...namesOf(config.services), ...namesOf(config.workers)],
    dependencies: namesOf(config.dependencies),
  };
  return Object.entries(lists).flatMap(([what, names]) =>
    names
      .filter((one, index) => names.indexOf(one) !== index)
      .map(twice => ({ where: at(what), found: `holding "${twice}" twice`, needed: "each name once" })),
  );
}
