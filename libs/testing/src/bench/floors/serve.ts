/** The child's side of a floor: does the tasks that the benchmark asks for, and ends with it. */
export function serve(tasks: Readonly<Record<string, (argument: never) => Promise<unknown>>>): void {
  const answer = async ({ task, argument }: { task: string; argument: never }) => {
    try {
      process.send?.({ result: await tasks[task]?.(argument) });
    } catch (error) {
      process.send?.({ error: (error as Error).stack });
    }
  };
  process.on('message', (asked: { task: string; argument: never }) => void answer(asked));
  process.once('disconnect', () => process.exit());
}
