import type { ConnectionContent } from '@voucherline/contracts';
import type { PublishableConnection } from '../connection/check-connection.js';
import type { CheckedFile } from '../file/check-file.js';
import type { Fault, FileFault } from '../file/fault.js';
import type { PublishableFlow } from '../flow/check-flow.js';
import type { Flow } from '../flow/flow.js';
import { companionFaults } from './companions.js';
import { lastingFaults } from './lasting-faults.js';
import { type MasterDataOf, masterDataFaults } from './master-data-faults.js';
import { type PublishedVoucher, voucherNameFaults } from './voucher-names.js';

/** Files that are to be published together. */
export interface Publication {
  readonly flows: readonly CheckedFile<PublishableFlow>[];
  readonly connections: readonly CheckedFile<PublishableConnection>[];
}

/** What is in force before: the newest version of everything. */
export interface InForce {
  readonly flows: readonly Flow[];
  readonly connections: readonly ConnectionContent[];
  /** What any published version of a flow has ever written, oldest first. */
  readonly vouchers: readonly PublishedVoucher[];
}

/** The operations a product can be asked for, by name; undefined when it is no target. */
export type OperationsOf = (product: string) => Operations | undefined;
export type Operations = Readonly<
  Record<
    string,
    {
      checkPayload(
        payload: Readonly<Record<string, unknown>>,
        settings: ConnectionContent['settings'],
      ): readonly string[];
    }
  >
>;

/** Faults that only show beside other files and what is in force. Empty when all may be published. */
export function checkPublication(
  publication: Publication,
  inForce: InForce,
  operationsOf: OperationsOf,
  masterDataOf: MasterDataOf,
): FileFault[] {
  const { flows, connections } = publication;
  const allConnections = replaced(
    inForce.connections,
    connections.map(({ value }) => value.connection),
  );
  const allFlows = replaced(
    inForce.flows,
    flows.map(({ value }) => value.flow),
  );
  return [
    ...twice(connections, ({ connection }) => connection.name),
    ...twice(flows, ({ flow }) => flow.name),
    ...connections.flatMap((file) => placed(file, connectionFaults(file.value.connection, allConnections, inForce))),
    ...flows.flatMap((file) => placed(file, flowFaults(file.value.flow, allConnections, operationsOf))),
    ...flows.flatMap((file) => placed(file, masterDataFaults(file.value.flow, allConnections, masterDataOf))),
    ...flows.flatMap((file) => placed(file, companionFaults(file.value.flow, allFlows))),
    ...flows.flatMap((file) => placed(file, voucherNameFaults(file.value.flow, inForce.vouchers))),
  ];
}

function replaced<T extends { readonly name: string }>(before: readonly T[], now: readonly T[]): readonly T[] {
  return [...before.filter(({ name }) => !now.some((newer) => newer.name === name)), ...now];
}

function placed(file: CheckedFile<unknown>, faults: readonly Fault[]): FileFault[] {
  return faults.map((fault) => file.place(fault));
}

function twice<T>(files: readonly CheckedFile<T>[], nameOf: (value: T) => string): FileFault[] {
  return files.flatMap((file, index) => {
    const first = files.slice(0, index).find(({ value }) => nameOf(value) === nameOf(file.value));
    if (first === undefined) return [];
    const fault = `"${nameOf(file.value)}" is also the name in ${first.file}`;
    return [file.place({ path: ['name'], fault, mend: 'Give each its own name.' })];
  });
}

function connectionFaults(
  connection: ConnectionContent,
  all: readonly ConnectionContent[],
  inForce: InForce,
): readonly Fault[] {
  const { name, product, account } = connection;
  const faults: Fault[] = [];
  const other = all.find((one) => one.product === product && one.account === account && one.name !== name);
  if (other !== undefined) {
    // Two would read every document twice and share the vendor's limits without knowing of each other.
    const fault = `connection ${other.name} already stands for account ${account} of ${product}`;
    faults.push({ path: ['account'], fault, mend: `Use ${other.name}, or name another account.` });
  }
  const before = inForce.connections.find((one) => one.name === name);
  if (before !== undefined && (before.product !== product || before.account !== account)) {
    const fault = `${name} stands for account ${before.account} of ${before.product} since it was first published`;
    faults.push({ path: ['account'], fault, mend: 'Publish a connection with a new name for another account.' });
  }
  return faults;
}

function flowFaults(
  flow: Flow,
  connections: readonly ConnectionContent[],
  operationsOf: OperationsOf,
): readonly Fault[] {
  const faults: Fault[] = [];
  if (!connections.some(({ name }) => name === flow.source.connection)) {
    faults.push(unknownConnection(['source', 'connection'], flow.source.connection, connections));
  }
  const target = connections.find(({ name }) => name === flow.voucher.target);
  if (target === undefined) faults.push(unknownConnection(['voucher', 'target'], flow.voucher.target, connections));
  else faults.push(...operationFaults(flow, target, operationsOf(target.product)));
  return faults;
}

function operationFaults(
  { voucher, payload }: Flow,
  { product, settings }: ConnectionContent,
  operations: Operations = {},
): readonly Fault[] {
  const { operation: name } = voucher;
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation === undefined) {
    const names = Object.keys(operations);
    const mend = names.length === 0 ? 'Name a target.' : `Choose one of ${names.join(', ')}.`;
    return [{ path: ['voucher', 'operation'], fault: `${product} has no operation "${name}"`, mend }];
  }
  return lastingFaults(payload, (filled) => operation.checkPayload(filled, settings)).map((words) => ({
    path: ['payload'],
    fault: `${name} would refuse it whatever the form says: ${words}`,
    mend: 'Mend the payload.',
  }));
}

function unknownConnection(path: readonly string[], name: string, connections: readonly ConnectionContent[]): Fault {
  const known = connections.map((one) => one.name).join(', ') || 'none';
  return { path, fault: `connection ${name} is not published`, mend: `Publish it, or choose one of: ${known}.` };
}
