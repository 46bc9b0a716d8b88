// The reporter that closes a test run with `N passed, N failed` alone on the last line, totals over all tiers.

/** Counts test cases; a file that does not load and an error outside of any test count as one failure each. */
export class CountReporter {
  onInit() {
    let passed = 0;
    let failed = 0;
    this.onTestRunEnd = (modules, unhandledErrors) => {
      const results = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
      passed = results.filter((state) => state === 'passed').length;
      failed = results.filter((state) => state === 'failed').length;
      failed += modules.filter((module) => module.errors().length > 0).length + unhandledErrors.length;
    };
    // At the very end, because other reporters and the teardown may still have something to say.
    process.once('exit', () => {
      if (failed > 0 || passed === 0) process.exitCode ||= 1;
      console.log(`${passed} passed, ${failed} failed`);
    });
  }
}
