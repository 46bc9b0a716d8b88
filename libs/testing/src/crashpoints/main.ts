import { parseArgs } from 'node:util';
import { campaign } from './campaign.js';
import { chosenRuns } from './runs.js';

const { values } = parseArgs({ options: { only: { type: 'string' }, tenth: { type: 'string' } } });
const tenth = values.tenth === undefined ? undefined : Number(values.tenth);
if (tenth !== undefined && !(Number.isInteger(tenth) && tenth >= 0 && tenth <= 9)) {
  throw new Error(`--tenth ${values.tenth}: give a number from 0 to 9`);
}
const runs = chosenRuns({
  ...(values.only !== undefined && { only: values.only }),
  ...(tenth !== undefined && { tenth }),
});
if (runs.length === 0)
  throw new Error(`--only ${values.only}: no run has that in its name, <service>/<label>:<n>/<flavour>`);

// What we started is killed as this process exits, and only then.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
process.exitCode = await campaign(runs, (line) => console.log(line));
process.exit();
