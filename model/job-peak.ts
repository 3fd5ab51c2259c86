/**
 * The peak of jobs that a queue hands to workers (S-134), as Erlang's model of c servers has it: jobs come by chance, one takes as long as
 * it takes with a mean, and who comes waits in line. It is a model: it says what a number of workers can bear at best.
 */
export interface JobPeak {
  /** Jobs a second, and how many seconds one takes on average. */
  perSecond: number;
  seconds: number;
  /** Jobs that are worked on at once. */
  servers: number;
}

/** The share of jobs that have to wait (Erlang C); 1 where more come than are done. */
export function shareThatWaits({ perSecond, seconds, servers }: JobPeak): number {
  const load = perSecond * seconds;
  if (load >= servers) return 1;
  // Erlang B by its recursion, which stays in range for any number of servers.
  let blocked = 1;
  for (let n = 1; n <= servers; n++) blocked = (load * blocked) / (n + load * blocked);
  return blocked / (1 - (load / servers) * (1 - blocked));
}

/** The share of jobs that take longer than so many seconds from coming to their end; 1 where the line only grows. */
export function shareLongerThan(peak: JobPeak, seconds: number): number {
  const load = peak.perSecond * peak.seconds;
  if (load >= peak.servers) return 1;
  const waits = shareThatWaits(peak);
  const rate = 1 / peak.seconds;
  const spare = peak.servers - 1 - load;
  const own = Math.exp(-rate * seconds);
  // Where spare is zero the two exponentials are one, and the quotient its derivative.
  const more = Math.abs(spare) < 1e-9 ? rate * seconds : (1 - Math.exp(-rate * seconds * spare)) / spare;
  return Math.min(1, own * (1 + waits * more));
}

/** The time in seconds within which 95 % of jobs are done; Infinity where the line only grows. */
export function jobP95(peak: JobPeak): number {
  if (peak.perSecond * peak.seconds >= peak.servers) return Infinity;
  let [low, high] = [0, peak.seconds];
  while (shareLongerThan(peak, high) > 0.05) high *= 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (shareLongerThan(peak, middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}

/** The most jobs a second of which 95 % are done within so many seconds; 0 where not even one alone is. */
export function mostJobs(servers: number, seconds: number, within: number): number {
  const holds = (perSecond: number) => jobP95({ perSecond, seconds, servers }) <= within;
  let [low, high] = [0, servers / seconds];
  if (!holds(Number.EPSILON)) return 0;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** The fewest workers by which 95 % of jobs are done within so many seconds; undefined where a job alone takes longer. */
export function workersNeeded({ perSecond, seconds }: Omit<JobPeak, "servers">, within: number): number | undefined {
  if (-Math.log(0.05) * seconds > within) return undefined;
  let servers = Math.max(1, Math.floor(perSecond * seconds) + 1);
  while (jobP95({ perSecond, seconds, servers }) > within) servers++;
  return servers;
}

/** How workers are added as jobs wait: between so many and so many, one more for each so many that wait. */
export interface Scaling {
  least: number;
  most: number;
  /** Waiting jobs for which there is one worker. */
  waitingPerWorker: number;
}

/** Workers so scaled, with the jobs that one works on at once. */
export interface ScaledWorkers extends Scaling {
  atOnce: number;
}

/**
 * The time within which 95 % of jobs are done where workers are added as jobs wait. Either the fewest workers keep up, or the line grows
 * until enough of them are there: then a job waits as long as one worker takes for those that it is given. How long a worker takes to
 * start is not in it.
 */
export function scaledP95({ perSecond, seconds }: Omit<JobPeak, "servers">, workers: ScaledWorkers): number {
  const { atOnce, least, most, waitingPerWorker } = workers;
  if (perSecond * seconds >= most * atOnce) return Infinity;
  const own = -Math.log(0.05) * seconds;
  const inLine = (waitingPerWorker * seconds) / atOnce;
  return Math.min(jobP95({ perSecond, seconds, servers: least * atOnce }), inLine + own);
}
