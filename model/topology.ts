/** What can hold a quorum and what cannot: facts that the config's schema and the components both go by. */

/** What a number of voters needs to be, where it is not: odd, at least three, and no more than can vote. */
export function votersNeeded(count: number, most = Infinity): string | undefined {
  if (count >= 3 && count % 2 === 1 && count <= most) return undefined;
  const numbers = most === Infinity ? "an odd number of at least 3" : `an odd number from 3 to ${most}`;
  return `${numbers}: an even number cannot outvote itself, and two cannot outvote one`;
}

/** Drives of an object store whose loss it survives, reading and writing. */
export const erasureParity = 4;

/** What an object store needs where its servers and drives cannot lose one of three zones and go on. */
export function erasureNeeded(servers: number, drives: number): string | undefined {
  const total = servers * drives;
  if (servers % 3 === 0 && total >= 3 * erasureParity && total / 3 <= erasureParity) return undefined;
  return `three zones of at most ${erasureParity} drives each and ${3 * erasureParity} in all, such as 6 of 2: else the loss of a zone stops writing`;
}
