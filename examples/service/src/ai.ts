import type { IPolicy } from "cockatiel";
import {
  BrokenCircuitError,
  bulkhead,
  BulkheadRejectedError,
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleAll,
  handleWhen,
  retry,
  timeout,
  TimeoutStrategy,
  wrap,
} from "cockatiel";
import type { AiSettings } from "./settings";

/** An analysis, by the AI or by what stands in for it. */
export interface Analysis {
  degraded: boolean;
  body: string;
  /** Why it is degraded: `timeout`, `open`, `full`, `error`. */
  reason?: string;
}

/** Calls the AI with a limit, a second try, a breaker and an answer of its own for when all of that fails. */
export class Ai {
  #policy: IPolicy;
  #isOpen = false;
  /** How often each outcome came. */
  readonly outcomes = new Map<string, number>();

  constructor(readonly settings: AiSettings) {
    const { timeoutMs, retries, maxParallel, failures, restMs } = settings;
    const breaker = circuitBreaker(handleAll, { halfOpenAfter: restMs, breaker: new ConsecutiveBreaker(failures) });
    breaker.onBreak(() => (this.#isOpen = true));
    breaker.onReset(() => (this.#isOpen = false));
    // What the breaker refuses is not tried again: that is what it is for.
    const again = retry(
      handleWhen(error => !(error instanceof BrokenCircuitError)),
      { maxAttempts: retries, backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 2_000 }) },
    );
    const parts = [bulkhead(maxParallel, 0), again, breaker, timeout(timeoutMs, TimeoutStrategy.Aggressive)] as const;
    this.#policy = wrap(...parts);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  async analyse(text: string): Promise<Analysis> {
    try {
      const body = await this.#policy.execute(async ({ signal }) => {
        const answer = await fetch(this.settings.url, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ text }),
          signal,
        });
        if (answer.status >= 500) throw new Error(`it answered ${answer.status}`);
        return answer.text();
      });
      this.#count("answered");
      return { degraded: false, body };
    } catch (error) {
      const reason = reasonOf(error);
      this.#count(reason);
      return { degraded: true, body: this.settings.fallback, reason };
    }
  }

  #count(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof BrokenCircuitError) return "open";
  if (error instanceof BulkheadRejectedError) return "full";
  return (error as Error).name === "TaskCancelledError" ? "timeout" : "error";
}
