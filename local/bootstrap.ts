import * as fs from "node:fs";
import * as path from "node:path";
import { fail } from "../model/faults";
import { exitCodes } from "../model/outcome";
import type { Api, KubeObject } from "./kubernetes-api";
import { ApiError, pathOf } from "./kubernetes-api";
import { root } from "./state";

/** What a bare API server needs before anything can run on it: nodes, storage, definitions of custom kinds. */

export const zones = ["zone-a", "zone-b", "zone-c"];

/** Three nodes in three zones, storage classes, and the custom resource definitions; waits until all are usable. */
export async function furnish(api: Api, crdDir: string, report: (text: string) => void): Promise<void> {
  report("adding nodes, storage classes, resource definitions");
  await Promise.all([...zones.map(node), ...storageClasses, ...volumes()].map(object => createIfAbsent(api, object)));
  await defineKinds(api, crdDir);
  const nodes = { plural: "nodes", namespaced: false };
  await until("three Ready nodes", async () => {
    const list = await api.request<{ items: KubeObject[] }>("GET", pathOf("v1", nodes));
    return list.items.filter(one => condition(one, "Ready") === "True").length === zones.length;
  });
}

/** The definitions of all custom kinds, made or brought up to date; waits until all are served. */
export async function defineKinds(api: Api, crdDir: string): Promise<void> {
  const files = [crdDir, ownSchemas].flatMap(dir =>
    fs
      .readdirSync(dir)
      .filter(name => name.endsWith(".yaml"))
      .map(name => path.join(dir, name)),
  );
  await Promise.all(files.map(file => define(api, file)));
  await until("every custom kind served", async () => {
    const list = await api.request<{ items: KubeObject[] }>("GET", crdPath);
    return list.items.every(one => condition(one, "Established") === "True");
  });
}

/** Volumes a claim can be bound to, each in one zone: the storage that no provisioner makes here. */
const volumesOfAKind = 12;
const volumes = (): KubeObject[] =>
  zones.flatMap(zone =>
    storageClasses.flatMap(({ metadata: { name } }) =>
      Array.from({ length: volumesOfAKind }, (_, index) => ({
        apiVersion: "v1",
        kind: "PersistentVolume",
        metadata: { name: `${name}-${zone}-${index}`, labels: { "topology.kubernetes.io/zone": zone } },
        spec: {
          capacity: { storage: "200Gi" },
          accessModes: ["ReadWriteOnce"],
          persistentVolumeReclaimPolicy: "Retain",
          storageClassName: name,
          local: { path: `/volumes/${name}-${index}` },
          nodeAffinity: {
            required: {
              nodeSelectorTerms: [
                { matchExpressions: [{ key: "topology.kubernetes.io/zone", operator: "In", values: [zone] }] },
              ],
            },
          },
        },
      })),
    ),
  );

/** Schemas of kinds whose definitions cannot be had: ours, and marked so (decision 9). */
const ownSchemas = path.join(root, "local", "schemas");
const crdPath = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** Hands a definition to the API server as its makers wrote it; one that is there already is brought up to date. */
async function define(api: Api, file: string): Promise<void> {
  const body = fs.readFileSync(file);
  const name = /^ {2}name: (\S+)$/m.exec(body.toString("utf8"))?.[1];
  if (!name) throw fail(file, "without a name", "a CustomResourceDefinition", "Remove it from the cache.");
  await api.request("PATCH", `${crdPath}/${name}`, {
    body,
    contentType: "application/apply-patch+yaml",
    query: { fieldManager: "greenlight-local", force: "true" },
  });
}

const condition = (object: KubeObject, type: string): string | undefined =>
  (object.status?.conditions as { type: string; status: string }[] | undefined)?.find(one => one.type === type)?.status;

const node = (zone: string): KubeObject => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: {
    name: `node-${zone}`,
    annotations: { "kwok.x-k8s.io/node": "fake", "node.alpha.kubernetes.io/ttl": "0" },
    labels: {
      "kubernetes.io/hostname": `node-${zone}`,
      "kubernetes.io/os": "linux",
      "kubernetes.io/arch": "amd64",
      "topology.kubernetes.io/region": "local",
      "topology.kubernetes.io/zone": zone,
      type: "kwok",
    },
  },
  status: {
    allocatable: { cpu: "32", memory: "128Gi", pods: "110", "ephemeral-storage": "100Gi" },
    capacity: { cpu: "32", memory: "128Gi", pods: "110", "ephemeral-storage": "100Gi" },
  },
});

const storageClasses: KubeObject[] = ["general", "object-store"].map((name, index) => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name, annotations: { "storageclass.kubernetes.io/is-default-class": String(index === 0) } },
  provisioner: "kubernetes.io/no-provisioner",
  volumeBindingMode: "WaitForFirstConsumer",
  allowVolumeExpansion: true,
  reclaimPolicy: "Retain",
}));

async function createIfAbsent(api: Api, object: KubeObject): Promise<void> {
  const kind = await api.kindOf(object.apiVersion, object.kind);
  if (!kind) throw fail(`${object.apiVersion} ${object.kind}`, "not served", "an API server that serves it");
  try {
    await api.request("POST", pathOf(object.apiVersion, kind, object.metadata.namespace), {
      body: object,
      query: { fieldManager: "greenlight-local" },
    });
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 409)) throw error;
  }
}

async function until(what: string, holds: () => Promise<boolean>, ms = 60_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > end)
      throw fail(
        "the local control plane",
        `without ${what} after ${ms / 1000} s`,
        what,
        "Run `greenlight doctor`.",
        exitCodes.engineFailed,
      );
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}
