import type { Importer, Values } from "../imported";
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

/** Status of an Argo Rollout, and of a restore by Velero, as kubectl prints them. */
export const clusterObject: Importer = (_source, value) => {
  if (!isObject(value) || !isObject(value.status)) return undefined;
  const { status } = value;
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
