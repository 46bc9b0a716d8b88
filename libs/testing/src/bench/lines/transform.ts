import { collectedApproval } from '../approvals.js';
import { publish } from '../configuration.js';
import type { Floor } from '../floor.js';
import { lengthOf, untilLengthIs } from '../log-growth.js';
import type { Line, LineDescription } from '../rows.js';

const SEND_AT_ONCE = 1_000;
/** More than the floor's samples need not be. */
const SAMPLES = 1_000;

/**
 * Documents that become commands in two stages, beside bare kafkajs that does the same hops with the same messages. Documents
 * are put into the log while both rest, so that neither is measured together with the one who writes them.
 */
export const transform: LineDescription = {
  name: 'transform',
  service: 'transformer',
  unit: 'documents/s',
  aim: 0.4,
  round: 20_000,
  warmUp: 5_000,
  memory: [10_000, 100_000],
  async open(stand): Promise<Line> {
    await publish(stand);
    const { pid } = await stand.service('transformer');
    const { broker } = stand;
    const producer = await broker.producer();
    let floor: Floor | undefined;
    let made = 0;
    let waiting = false;

    const put = async (documents: number) => {
      process.kill(pid, 'SIGSTOP');
      for (const end = made + documents; made < end; ) {
        const size = Math.min(SEND_AT_ONCE, end - made);
        await producer.send(Array.from({ length: size }, () => collectedApproval(`t${made++}`)));
      }
      waiting = true;
    };
    const product = async (documents: number) => {
      if (!waiting) await put(documents);
      const before = await lengthOf(broker, 'vouchers.commands.v1');
      const startedAt = performance.now();
      process.kill(pid, 'SIGCONT');
      await untilLengthIs(broker, 'vouchers.commands.v1', before + documents);
      waiting = false;
      return documents / ((performance.now() - startedAt) / 1000);
    };
    const startFloor = async () => {
      await product(SAMPLES);
      const started = await stand.floor('transform');
      const records =
        (await lengthOf(broker, 'approvals.events.v1')) + (await lengthOf(broker, 'vouchers.commands.v1'));
      await started.call('start', { brokers: stand.brokers, records });
      return started;
    };
    return {
      pid,
      product,
      async floor(documents) {
        floor ??= await startFloor();
        await put(documents);
        return floor.call<number>('run', documents);
      },
    };
  },
};
