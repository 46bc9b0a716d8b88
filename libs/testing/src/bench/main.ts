import { collector } from './lines/collector.js';
import { ingestion } from './lines/ingestion.js';
import { transform } from './lines/transform.js';
import { writer } from './lines/writer.js';
import { mapping } from './mapping/row.js';
import { measureMemory } from './memory.js';
import { type Line, type LineDescription, measure, type Row, report } from './rows.js';
import { Stand } from './stand.js';

const LINES: readonly LineDescription[] = [ingestion, transform, collector, writer];
const say = (line: string): void => console.log(line);

/** `npm run bench [-- <row> …]`: how fast each line is beside its floor. */
async function speed(names: readonly string[]): Promise<void> {
  const wanted = chosen(names, [mapping.name, ...LINES.map(({ name }) => name)]);
  const rows = [
    ...(wanted.includes(mapping.name) ? [await measure(mapping, mapping.open(), say)] : []),
    ...(await each(wanted, (description, line) => measure(description, line, say))),
  ];
  const aims = new Map([mapping, ...LINES].map(({ name, aim }) => [name, `≥ ${aim}`]));
  report(rows, 'latest.json', ({ name }) => aims.get(name) ?? '', say);
}

/** `npm run bench -- memory [<row> …]`: whether processes grow with what they have done. */
async function memory(names: readonly string[]): Promise<void> {
  const wanted = chosen(
    names,
    LINES.map(({ name }) => name),
  );
  const rows = await each(wanted, (description, line) => measureMemory(description, line, say));
  report(rows, 'memory.json', () => '≤ 1.15', say);
}

/** The rows that are asked for; all without a word. */
function chosen(names: readonly string[], known: readonly string[]): readonly string[] {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`no row "${unknown}". There are ${known.join(', ')}.`);
  return names.length === 0 ? known : names;
}

/** Opens one line after the other; one that fails does not keep the others from being measured. */
async function each(
  names: readonly string[],
  use: (description: LineDescription, line: Line) => Promise<Row>,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const description of LINES.filter(({ name }) => names.includes(name))) {
    say(`${description.name}: starts its own Kafka, PostgreSQL and ${description.service}`);
    const row = await withLine(description, (line) => use(description, line));
    if (row !== undefined) rows.push(row);
  }
  return rows;
}

/** What runs now, for whoever interrupts us. */
let stands: Promise<Stand> | undefined;
let interrupted = false;

/** Opens a line on a stand, uses it and ends all; on a failure says why and keeps the logs. */
async function withLine<T>(description: LineDescription, use: (line: Line) => Promise<T>): Promise<T | undefined> {
  stands = Stand.start();
  const stand = await stands;
  try {
    const result = await use(await description.open(stand));
    await stand.stop({ keep: false });
    return result;
  } catch (error) {
    // Whoever interrupts us ends the stand; what fails because of that is no failure.
    if (interrupted) return await new Promise(() => {});
    console.error(error);
    say(`${description.name} failed; data and logs: ${stand.folder}`);
    process.exitCode = 1;
    await stand.stop({ keep: true });
    return undefined;
  } finally {
    stands = undefined;
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // A second signal does not wait: what we started is killed as we exit.
    if (interrupted || stands === undefined) process.exit(130);
    interrupted = true;
    say('stopping …');
    void stands.then((stand) => stand.stop({ keep: false })).finally(() => process.exit(130));
  });
}

const [first, ...others] = process.argv.slice(2);
await (first === 'memory' ? memory(others) : speed(first === undefined ? [] : [first, ...others]));
process.exit();
