/**
 * Turns a command into an action whose result is the exit code. Commands are loaded when they are called: the engine's SDK alone takes
 * longer than most of them.
 */
export type Runs = <Args extends unknown[]>(
  load: () => Promise<(...args: Args) => number | Promise<number>>,
) => (...args: Args) => Promise<void>;

export const json = ["--json", "print one JSON value for machines"] as const;
