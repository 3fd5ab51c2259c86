import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { CORE_SCHEMA, loadAll } from "js-yaml";
import { admissionSpec } from "../../components/security/admission";
import type { Api, KubeObject } from "../../local/kubernetes-api";
import { ApiError, connect } from "../../local/kubernetes-api";
import { root } from "../../local/state";
import type { AdmissionPolicy } from "../../model/admission";
import { readWaivers } from "../../stacks/waivers";
import { until } from "../../drills/servers";
import { localStack } from "../support/local-stack";

/** What examples/agent waives for its agent is let off by a real API server, and by nobody's word but the cluster's own. */
describe("exceptions at the API server", function () {
  this.timeout(120_000);
  const namespace = "bookshop";
  const folder = path.join(root, "examples", "agent");
  const [account, agent] = loadAll(fs.readFileSync(path.join(folder, "agent.yaml"), "utf8"), {
    schema: CORE_SCHEMA,
  }) as [KubeObject, KubeObject];
  const template = agent.spec!.template as { metadata: object; spec: object };
  let api: Api;

  const group = "/apis/admissionregistration.k8s.io/v1";
  const daemonSets = `/apis/apps/v1/namespaces/${namespace}/daemonsets`;
  const post = (place: string, body: object, dryRun = false) =>
    api.request("POST", place, { body, ...(dryRun ? { query: { dryRun: "All" } } : {}) });
  /** What the server says against an object; undefined where it would take it. */
  const refusal = (place: string, body: object): Promise<string | undefined> =>
    post(place, body, true).then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof ApiError && error.code === 403) return error.message;
        throw error;
      },
    );
  const named = (name: string, spec: object = agent.spec!) => ({
    ...agent,
    metadata: { ...agent.metadata, name },
    spec,
  });
  const podsOf = async (owner: string): Promise<string[]> => {
    const { items } = await api.request<{ items: KubeObject[] }>("GET", `/api/v1/namespaces/${namespace}/pods`);
    return items.filter(pod => pod.metadata.name.startsWith(`${owner}-`)).map(pod => String(pod.status?.phase));
  };
  /** What controllers say of what they could not make. */
  const troubles = async (): Promise<string> => {
    const { items } = await api.request<{ items: KubeObject[] }>("GET", `/api/v1/namespaces/${namespace}/events`);
    return items.map(one => String(one.message)).join("\n");
  };

  before(async function () {
    this.timeout(45 * 60_000);
    const { env } = await localStack();
    api = connect(path.join(env.GREENLIGHT_STATE!, "kubeconfig"));
    const labels = { "app.kubernetes.io/part-of": "let-off", "app.kubernetes.io/managed-by": "greenlight" };
    await post("/api/v1/namespaces", { metadata: { name: namespace, labels } });
    const policies = JSON.parse(
      fs.readFileSync(path.join(root, "policies", "bin", "admission.json"), "utf8"),
    ) as AdmissionPolicy[];
    const [first] = readWaivers(path.join(folder, "waivers.yaml"));
    const waivers = [
      ...readWaivers(path.join(folder, "waivers.yaml")),
      ...["GL-POD-09", "GL-POD-18"].map(rule => ({ ...first!, rule, resource: `Deployment ${namespace}/viewer` })),
    ];
    for (const { policy, binding } of admissionSpec({ system: "let-off", policies, operators: [], waivers })) {
      await post(`${group}/validatingadmissionpolicies`, policy);
      await post(`${group}/validatingadmissionpolicybindings`, binding);
    }
    await post(`/api/v1/namespaces/${namespace}/serviceaccounts`, account);
    // Policies come into force a second or two after they are there.
    assert.ok(await until(async () => (await refusal(daemonSets, named("other"))) !== undefined, 30_000, 500));
  });

  after(async () => {
    await api.request("DELETE", `/api/v1/namespaces/${namespace}`);
    for (const kind of ["validatingadmissionpolicybindings", "validatingadmissionpolicies"]) {
      const { items } = await api.request<{ items: KubeObject[] }>("GET", `${group}/${kind}`);
      for (const { metadata } of items.filter(one => one.metadata.name.startsWith("let-off-")))
        await api.request("DELETE", `${group}/${kind}/${metadata.name}`);
    }
    api.close();
  });

  it("let the agent and the pods that the cluster makes of it run", async () => {
    await post(daemonSets, agent);
    assert.ok(
      await until(async () => (await podsOf("agent")).filter(phase => phase === "Running").length >= 3, 60_000, 500),
      await troubles(),
    );
  });

  it("reach through the replica sets of a Deployment", async () => {
    await post(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "viewer", namespace },
      spec: { replicas: 2, selector: agent.spec!.selector, template },
    });
    assert.ok(
      await until(async () => (await podsOf("viewer")).filter(phase => phase === "Running").length === 2, 60_000, 500),
      await troubles(),
    );
  });

  it("are for that object alone, and for those rules alone", async () => {
    assert.match((await refusal(daemonSets, named("other")))!, /\[GL-POD-09\]/);
    const onTheHost = { ...template, spec: { ...template.spec, hostNetwork: true } };
    assert.match((await refusal(daemonSets, named("agent", { ...agent.spec, template: onTheHost })))!, /\[GL-POD-06\]/);
  });

  it("are nobody's who only says that the agent owns a pod", async () => {
    const { metadata } = await api.request("GET", `${daemonSets}/agent`);
    const owner = { apiVersion: "apps/v1", kind: "DaemonSet", name: "agent", uid: metadata.uid, controller: true };
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "agent-by-hand", namespace, ownerReferences: [owner] },
      spec: template.spec,
    };
    assert.match((await refusal(`/api/v1/namespaces/${namespace}/pods`, pod))!, /\[GL-POD-09\]/);
  });

  it("say in the cluster what they let off, until when, and who agreed", async () => {
    const { metadata } = await api.request("GET", `${group}/validatingadmissionpolicies/let-off-pod-security`);
    assert.match(
      metadata.annotations!["greenlight.dev/lets-off"]!,
      /GL-POD-09 DaemonSet bookshop\/agent until 20\d\d-\d\d-\d\d, agreed by grace/,
    );
  });
});
