import Module from "node:module";

/**
 * The SDK notes a whole stack trace at every promise, through source maps, to print it where PULUMI_DEBUG_PROMISE_LEAKS asks for
 * it and nowhere else: a third of the time that a program of four hundred resources takes. Nobody asked: the trace is left out. All
 * else, and every error's own stack, stays as it is.
 */
type Load = (request: string, parent: unknown, isMain: boolean) => unknown;
type Debuggable = { debuggablePromise?: (promise: unknown, context: unknown) => unknown };

const loader = Module as unknown as { _load: Load };
const load = loader._load;
const quick = new WeakSet<object>();

function quicken(loaded: Debuggable): void {
  const { debuggablePromise } = loaded;
  if (typeof debuggablePromise !== "function" || quick.has(loaded)) return;
  quick.add(loaded);
  loaded.debuggablePromise = (promise, context) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
}

if (!process.env.PULUMI_DEBUG_PROMISE_LEAKS)
  loader._load = (request, parent, isMain) => {
    const loaded = load.call(Module, request, parent, isMain);
    if (/(^|\/)debuggable(\.js)?$/.test(request) && typeof loaded === "object" && loaded) quicken(loaded);
    return loaded;
  };

export {};
