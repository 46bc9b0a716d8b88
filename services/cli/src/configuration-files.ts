import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { manifests } from '@voucherline/connectors/pure';
import {
  type Checked,
  type CheckedFile,
  checkConnection,
  checkFlow,
  type FileFault,
  faultText,
  type PublishableConnection,
  type PublishableFlow,
  type TableFile,
} from '@voucherline/mapping';
import { type CommandContext, CommandError } from './command.js';

/** Folders that hold no flows: those beside one, and others' files where somebody names a whole checkout. */
const WITHOUT_FLOWS = /^(cases|tables|node_modules|\..*)$/;

/** What was read without a fault. */
export interface ConfigurationFiles {
  readonly flows: readonly CheckedFile<PublishableFlow>[];
  readonly connections: readonly CheckedFile<PublishableConnection>[];
}

/**
 * Reads the flows and connections below these places: a file with `product:` is a connection, any other a flow.
 * @param instead what the faults keep from being done, for the error
 * @throws {CommandError} naming every fault of every file
 */
export function readConfiguration(
  places: readonly string[],
  env: CommandContext['env'],
  instead: string,
): ConfigurationFiles {
  const faults: FileFault[] = [];
  const files = filesBelow(places);
  const connections = files
    .filter(isConnection)
    .flatMap(({ file, text }) => sound(checkConnection(text, file, manifests(), env), faults));
  const flows = files.filter((one) => !isConnection(one)).flatMap((one) => sound(checkFlowFile(one), faults));
  refuseFaults(faults, instead);
  return { flows, connections };
}

/** The same for flows only: connections need addresses that only a running installation has. */
export function readFlows(places: readonly string[], instead: string): readonly CheckedFile<PublishableFlow>[] {
  const faults: FileFault[] = [];
  const files = filesBelow(places).filter((one) => !isConnection(one));
  const flows = files.flatMap((one) => sound(checkFlowFile(one), faults));
  refuseFaults(faults, instead);
  return flows;
}

/** @throws {CommandError} with a line for each fault, when there is one */
export function refuseFaults(faults: readonly FileFault[], instead: string): void {
  if (faults.length === 0) return;
  throw new CommandError(`${instead}:\n${faults.map((fault) => `  ${faultText(fault)}`).join('\n')}`);
}

/** The files of a flow's cases, in the order of their names; undefined for a flow that has no folder of its own. */
export function caseFiles(flow: CheckedFile<PublishableFlow>): readonly string[] | undefined {
  if (!hasFolder(flow.file)) return undefined;
  const folder = join(dirname(flow.file), 'cases');
  return existsSync(folder) ? yamlFiles(folder) : [];
}

interface TextFile {
  readonly file: string;
  readonly text: string;
}

function checkFlowFile({ file, text }: TextFile): Checked<PublishableFlow> {
  const folder = dirname(file);
  // A flow in a folder of its own also has the tables that all flows beside it share.
  const folders = hasFolder(file) ? [folder, dirname(folder)] : [folder];
  return checkFlow(text, file, folders.flatMap(tableFiles));
}

function tableFiles(folder: string): readonly TableFile[] {
  const tables = join(folder, 'tables');
  if (!existsSync(tables)) return [];
  const names = readdirSync(tables).filter((name) => name.endsWith('.csv'));
  return names.sort().map((name) => {
    const file = join(tables, name);
    return { name: basename(name, '.csv'), file, text: readFileSync(file, 'utf8') };
  });
}

/** `<flow>/flow.yaml` has tables and cases beside it. */
function hasFolder(file: string): boolean {
  return /^flow\.ya?ml$/.test(basename(file));
}

function isConnection({ text }: TextFile): boolean {
  return /^product:/m.test(text);
}

function sound<T>(checked: Checked<T>, faults: FileFault[]): readonly CheckedFile<T>[] {
  if (checked.ok) return [checked];
  faults.push(...checked.errors);
  return [];
}

function filesBelow(places: readonly string[]): readonly TextFile[] {
  const files = places.flatMap(yamlFiles);
  if (files.length === 0) throw new CommandError(`there is no *.yaml file in ${places.join(', ')}`);
  return files.map((file) => ({ file, text: readFileSync(file, 'utf8') }));
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
  const children = readdirSync(place, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return children.flatMap((child) => {
    if (child.isDirectory()) return WITHOUT_FLOWS.test(child.name) ? [] : yamlFiles(join(place, child.name));
    return /\.ya?ml$/.test(child.name) ? [join(place, child.name)] : [];
  });
}
