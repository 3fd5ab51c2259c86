/** Progress of long work on stderr: a live list on a terminal, plain lines elsewhere. */

/** One step: its title, and the work, which may say where it is and names its result. */
export interface Step {
  title: string;
  /** Gives what the step came to, shown beside its title. */
  run: (say: (text: string) => void) => Promise<string | void>;
  /** Steps in a group run side by side, two at a time: the builds among them use all cores. */
  group?: Step[];
}

/** Plain lines say where a step is at most this often, in milliseconds. */
const sayMs = 15_000;

export async function runSteps(steps: Step[], quiet = false): Promise<void> {
  const { Listr, ListrLogger, ProcessOutput } = await import("listr2");
  const isLive = process.stderr.isTTY && !process.env.CI;
  type Tasks = ConstructorParameters<typeof Listr>[0];
  const toTasks = (list: Step[]): Tasks =>
    list.map(step => ({
      title: step.title,
      task: async (_context: unknown, task) => {
        if (step.group) return task.newListr(toTasks(step.group) as never, { concurrent: 2, exitOnError: true });
        const started = Date.now();
        const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
        let said = started;
        const result = await step.run(text => {
          if (!isLive && Date.now() - said < sayMs) return;
          said = Date.now();
          task.output = `${text}, ${seconds()}`;
        });
        task.title = `${step.title}${result ? `: ${result}` : ""} (${seconds()})`;
        return undefined;
      },
    })) as Tasks;
  const logger = new ListrLogger({
    processOutput: new ProcessOutput(process.stderr as never, process.stderr as never),
  });
  const list = new Listr(toTasks(steps), {
    renderer: quiet ? "silent" : isLive ? "default" : "simple",
    rendererOptions: { logger, collapseSubtasks: false, showErrorMessage: false } as never,
    registerSignalListeners: false,
  });
  await list.run();
}
