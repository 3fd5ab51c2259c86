/** Aborted when somebody interrupts the command: what was started by it is ended. */
export const interrupted = new AbortController();
