import type { TestProject } from 'vitest/node';
import { startStackControl } from './stack-control.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the stack of the end-to-end tests is controlled. */
    stackControl: string;
  }
}

/** One stack for all end-to-end tests: started by the first that needs it, ended here. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const control = await startStackControl();
  project.provide('stackControl', control.url);
  // Vitest leaves at once on a signal, without the teardown; what we started is killed as this process exits.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
  return () => control.close({ keep: project.vitest.state.getCountOfFailedTests() > 0 });
}
