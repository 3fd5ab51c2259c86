import { exitCodes } from "./outcome";

/** One thing wrong with what somebody gave us, in the one shape every message has. */
export interface Fault {
  /** Where it stands: a file, a key, a resource and property path. */
  where: string;
  /** What was found there; never a secret's value. */
  found: string;
  /** What is needed instead. */
  needed: string;
  /** What to do about it. */
  fix?: string;
}

/** `<where> is <found>; need <needed>.` and the fix: the shape of every message (style.md §4). */
export const faultText = ({ where, found, needed, fix }: Fault): string =>
  `${where} is ${found}; need ${needed}.${fix ? ` ${fix}` : ""}`;

/** An error that a person can act on: its message says all; a stack trace would only hide it. */
export class UserError extends Error {
  constructor(
    readonly faults: Fault[],
    readonly exitCode: number = exitCodes.unreadable,
  ) {
    super(faults.map(faultText).join("\n"));
    this.name = "UserError";
  }
}

/** A UserError of one fault. */
export const fail = (where: string, found: string, needed: string, fix?: string, exitCode?: number): UserError =>
  new UserError([{ where, found, needed, fix }], exitCode);

/**
 * An error whose message says all. The SDK inspects a program's errors in colours, and Node 20.20 colours stacks that
 * run through node_modules in a loop that takes half a minute; without frames there is nothing to colour.
 */
export function withoutStack<E extends Error>(error: E): E {
  error.stack = `${error.name}: ${error.message}`;
  return error;
}
