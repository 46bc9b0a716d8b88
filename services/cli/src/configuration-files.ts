import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { manifests } from '@voucherline/connectors/pure';
import {
  type Checked,
  checkConnection,
  checkFlow,
  type FileFault,
  faultText,
  type Publication,
} from '@voucherline/mapping';
import { type CommandContext, CommandError } from './command.js';

/** Folders beside a flow that hold no flows. */
const BESIDE_FLOWS: readonly string[] = ['cases', 'tables'];

/**
 * Reads the flows and connections below these places: a file with `product:` is a connection, any other a flow.
 * @throws {CommandError} naming every fault of every file
 */
export function readConfiguration(places: readonly string[], env: CommandContext['env']): Publication {
  const files = places.flatMap(yamlFiles);
  if (files.length === 0) throw new CommandError(`there is no *.yaml file in ${places.join(', ')}`);
  const faults: FileFault[] = [];
  const sound = <T>(checked: Checked<T>) => {
    if (checked.ok) return [checked];
    faults.push(...checked.errors);
    return [];
  };
  const texts = files.map((file) => ({ file, text: readFileSync(file, 'utf8') }));
  const isConnection = ({ text }: { text: string }) => /^product:/m.test(text);
  const connections = texts
    .filter(isConnection)
    .flatMap(({ file, text }) => sound(checkConnection(text, file, manifests(), env)));
  const flows = texts.filter((one) => !isConnection(one)).flatMap(({ file, text }) => sound(checkFlow(text, file)));
  refuseFaults(faults);
  return { flows, connections };
}

/** @throws {CommandError} with a line for each fault, when there is one */
export function refuseFaults(faults: readonly FileFault[]): void {
  if (faults.length === 0) return;
  throw new CommandError(`nothing was published:\n${faults.map((fault) => `  ${faultText(fault)}`).join('\n')}`);
}

/** A file itself, or every *.yaml below a folder. */
function yamlFiles(place: string): readonly string[] {
  let entry: ReturnType<typeof statSync>;
  try {
    entry = statSync(place);
  } catch {
    throw new CommandError(`${place} does not exist`);
  }
  if (!entry.isDirectory()) return [place];
  return readdirSync(place, { withFileTypes: true }).flatMap((child) => {
    if (child.isDirectory()) return BESIDE_FLOWS.includes(child.name) ? [] : yamlFiles(join(place, child.name));
    return /\.ya?ml$/.test(child.name) ? [join(place, child.name)] : [];
  });
}
