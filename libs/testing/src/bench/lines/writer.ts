import { signatureHeaders } from '@voucherline/connector-kingdee-galaxy/pure';
import { voucherKey } from '@voucherline/contracts';
import { approvalKey } from '../approvals.js';
import { commandFor } from '../commands.js';
import { CONCURRENCY, KINGDEE, publish } from '../configuration.js';
import type { Floor } from '../floor.js';
import { lengthOf, untilLengthIs } from '../log-growth.js';
import type { Line, LineDescription } from '../rows.js';
import { BenchSandbox, CallsCompared } from '../sandboxes.js';
import { whileStopped } from '../stopped.js';

/** Posting started, and confirmed. */
const EVENTS = 2;
const OPERATIONS = ['ExecuteBillQuery', 'Push', 'Save', 'Submit', 'Audit'];

/** Commands that become confirmed payment bills, beside a loop that makes the same calls to the same sandbox. */
export const writer: LineDescription = {
  name: 'writer',
  service: 'erp-writer',
  unit: 'documents/s',
  aim: 0.5,
  round: 2_000,
  warmUp: 1_000,
  memory: [1_000, 10_000],
  async open(stand): Promise<Line> {
    const port = await stand.sandbox('kingdee-galaxy');
    const sandbox = new BenchSandbox(port);
    await publish(stand);
    const { pid } = await stand.service('erp-writer');
    const producer = await stand.broker.producer();
    const compared = new CallsCompared(sandbox);
    let floor: Floor | undefined;

    const post = async (applications: readonly string[]) => {
      const commands = applications.map(commandFor);
      const before = await lengthOf(stand.broker, 'vouchers.events.v1');
      await whileStopped(pid, () => producer.send(commands));
      const startedAt = performance.now();
      await untilLengthIs(stand.broker, 'vouchers.events.v1', before + applications.length * EVENTS);
      return applications.length / ((performance.now() - startedAt) / 1000);
    };
    return {
      pid,
      async product(documents) {
        const applications = await sandbox.applications(documents);
        return compared.during('product', documents, () => post(applications));
      },
      async floor(documents) {
        floor ??= await stand.floor('writer');
        const vouchers = (await sandbox.applications(documents)).map((application) => ({
          application,
          key: voucherKey(approvalKey(application), 'payment-bill', 0),
        }));
        const round = { port, connections: CONCURRENCY, headers: signed(), vouchers };
        return compared.during('floor', documents, () => (floor as Floor).call<number>('run', round));
      },
    };
  },
};

function signed(): Record<string, Record<string, string>> {
  const seconds = Math.floor(Date.now() / 1000);
  return Object.fromEntries(
    OPERATIONS.map((operation) => {
      const path = `/k3cloud/Kingdee.BOS.WebApi.ServicesStub.DynamicFormService.${operation}.common.kdsvc`;
      return [operation, signatureHeaders(KINGDEE, path, seconds)];
    }),
  );
}
