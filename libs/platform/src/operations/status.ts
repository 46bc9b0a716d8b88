/** What a part of the process says about its work, for people: any JSON value. */
export type StatusReport = () => unknown | Promise<unknown>;

/** Reports of the parts of one process, by name. */
export interface Status {
  /** A second report of the same name throws. */
  report(name: string, report: StatusReport): void;
  all(): Promise<Readonly<Record<string, unknown>>>;
}

export function createStatus(): Status {
  const reports = new Map<string, StatusReport>();
  return {
    report: (name, report) => {
      if (reports.has(name)) throw new Error(`status: "${name}" is reported twice; give it another name`);
      reports.set(name, report);
    },
    all: async () =>
      Object.fromEntries(
        await Promise.all([...reports].map(async ([name, report]) => [name, await report()] as const)),
      ),
  };
}
