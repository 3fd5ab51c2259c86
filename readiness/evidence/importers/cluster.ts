import type { Found, Importer, Values } from "../imported";
import { countOf, isObject, known, numberOf, objects, textOf, timeOf } from "../imported";

const groupOf = (value: Values): string => (textOf(value.apiVersion) ?? "").split("/")[0]!;

/**
 * A query's answer of Prometheus, as its API gives it: budgets that are left (`slo:error_budget:remaining_ratio`, recorded by
 * the platform for every objective), or probes (`probe_success`). No series is no measurement.
 */
export const prometheus: Importer = (_source, value) => {
  if (!isObject(value) || value.status !== "success" || !isObject(value.data)) return undefined;
  const series = objects(value.data.result).flatMap(one => {
    const sample = Array.isArray(one.value)
      ? one.value
      : Array.isArray(one.values)
        ? (one.values.at(-1) as unknown)
        : [];
    const [at, number] = Array.isArray(sample) ? [numberOf(sample[0]), numberOf(sample[1])] : [];
    const name = isObject(one.metric) ? textOf(one.metric.__name__) : undefined;
    return name === undefined ? [] : [{ name, at, number }];
  });
  const ended = series.map(one => one.at).filter(at => at !== undefined);
  const when = ended.length > 0 ? { endedMs: Math.min(...ended) * 1_000 } : {};
  const found = [];
  const budgets = series.filter(one => one.name === "slo:error_budget:remaining_ratio");
  const probes = series.filter(one => one.name === "probe_success");
  // A value that is no number (NaN: no traffic) is not one that is kept.
  const missed = budgets.filter(one => one.number === undefined || one.number <= 0).length;
  if (budgets.length > 0 || series.length === 0)
    found.push({
      format: "Prometheus answer",
      kind: "objective snapshot" as const,
      facts: { objectives: budgets.length, missed },
      at: { objectives: "/data/result", missed: "/data/result" },
      ...when,
    });
  if (probes.length > 0)
    found.push({
      format: "Prometheus answer",
      kind: "probe result" as const,
      facts: { total: probes.length, failed: probes.filter(one => one.number !== 1).length },
      ...when,
    });
  return found.length > 0 ? found : undefined;
};

/** Alerts that fired, as Alertmanager tells them, each with whether somebody acted on it; the last one does not say until when was looked. */
export const alerts: Importer = (_source, value) => {
  const rows = objects(isObject(value) ? value.alerts : value);
  if (rows.length === 0 || !rows.every(row => isObject(row.labels) && row.startsAt !== undefined)) return undefined;
  const pages = rows.filter(row => /^(critical|page)$/i.test(textOf((row.labels as Values).severity) ?? ""));
  return [
    {
      format: "Alertmanager history",
      kind: "alert history",
      facts: {
        total: rows.length,
        pages: pages.length,
        pagesActedOn: pages.filter(row => row.actedOn === true || row.acknowledged === true).length,
      },
    },
  ];
};

/** What the blackbox exporter answers to a probe, in Prometheus' text format: each probe with whether it succeeded. */
export const blackbox: Importer = ({ text }) => {
  const probes = [...text.matchAll(/^probe_success(?:\{[^}\n]{0,1000}\})? (\S{1,30})$/gm)].map(([, value]) => value!);
  if (probes.length === 0) return undefined;
  return [
    {
      format: "blackbox probe",
      kind: "probe result",
      facts: { total: probes.length, failed: probes.filter(one => Number(one) !== 1).length },
      at: { total: "probe_success", failed: "probe_success" },
    },
  ];
};

/** Status of an Argo Rollout, and of restores by Velero, CloudNativePG and Percona's operator, as kubectl prints them, one or a list. */
export const clusterObject: Importer = (source, value) => {
  if (isObject(value) && value.kind === "List" && Array.isArray(value.items)) {
    const found = objects(value.items).flatMap(one => clusterObject(source, one) ?? []);
    return found.length > 0 ? found : undefined;
  }
  if (!isObject(value) || !isObject(value.status)) return undefined;
  const { status } = value;
  const made = isObject(value.metadata) ? timeOf(value.metadata.creationTimestamp) : undefined;
  const space = isObject(value.metadata) ? (textOf(value.metadata.namespace) ?? "default") : "default";
  const restore = (format: string, of: string | undefined, succeeded: boolean, ended: number | undefined): Found[] => {
    const took = made !== undefined && ended !== undefined && ended >= made ? ended - made : undefined;
    // How much was lost none of them says: that is for a drill to find out.
    const stores = of === undefined ? [] : [`${space}/${of}`];
    const facts = known({ succeeded, rtoMs: took });
    return [{ format, kind: "restore drill", facts, stores, what: stores.join(), ...known({ endedMs: ended }) }];
  };
  if (groupOf(value) === "postgresql.cnpg.io" && value.kind === "Cluster") {
    const bootstrap = isObject(value.spec) && isObject(value.spec.bootstrap) ? value.spec.bootstrap : {};
    // One that was not made out of a backup says nothing of restoring.
    if (!isObject(bootstrap.recovery)) return undefined;
    const ready = objects(status.conditions).find(one => one.type === "Ready");
    const isUp = ready?.status === "True" && status.phase === "Cluster in healthy state";
    return restore(
      "CloudNativePG recovery",
      textOf(bootstrap.recovery.source),
      isUp,
      timeOf(ready?.lastTransitionTime),
    );
  }
  if (groupOf(value) === "psmdb.percona.com" && value.kind === "PerconaServerMongoDBRestore")
    return restore(
      "Percona MongoDB restore",
      isObject(value.spec) ? textOf(value.spec.clusterName) : undefined,
      status.state === "ready",
      timeOf(status.completed),
    );
  if (groupOf(value) === "argoproj.io" && value.kind === "Rollout") {
    const changed = objects(status.conditions)
      .map(one => timeOf(one.lastUpdateTime))
      .filter(at => at !== undefined);
    const facts = { succeeded: status.phase === "Healthy", total: countOf(status.currentStepIndex) ?? 0 };
    const ended = changed.length > 0 ? Math.max(...changed) : undefined;
    return [{ format: "Rollout status", kind: "rollout record", facts, ...known({ endedMs: ended }) }];
  }
  if (groupOf(value) === "velero.io" && value.kind === "Restore") {
    const [begun, ended] = [timeOf(status.startTimestamp), timeOf(status.completionTimestamp)];
    const items = isObject(status.progress) ? countOf(status.progress.itemsRestored) : undefined;
    const took = begun !== undefined && ended !== undefined && ended >= begun ? ended - begun : undefined;
    const facts = known({ succeeded: status.phase === "Completed", rtoMs: took, inspected: items });
    return [{ format: "Velero restore", kind: "restore drill", facts, ...known({ endedMs: ended }) }];
  }
  return undefined;
};
