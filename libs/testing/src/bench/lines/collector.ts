import { APP_KEY, APP_SECRET, CONCURRENCY, publish } from '../configuration.js';
import type { Floor } from '../floor.js';
import { hintAt } from '../hints.js';
import { lengthOf, untilLengthIs } from '../log-growth.js';
import type { Line, LineDescription } from '../rows.js';
import { BenchSandbox, CallsCompared } from '../sandboxes.js';
import { whileStopped } from '../stopped.js';

/** Hints that become collected documents, beside a loop that reads the same kind of documents from the same sandbox. */
export const collector: LineDescription = {
  name: 'collector',
  service: 'collector',
  unit: 'documents/s',
  aim: 0.5,
  round: 10_000,
  warmUp: 4_000,
  memory: [10_000, 100_000],
  async open(stand): Promise<Line> {
    const port = await stand.sandbox('dingtalk');
    const sandbox = new BenchSandbox(port);
    await publish(stand);
    const { pid } = await stand.service('collector');
    // The first sweep, which finds nothing and says so.
    await untilLengthIs(stand.broker, 'documents.collected.v1', 1);
    const producer = await stand.broker.producer();
    const compared = new CallsCompared(sandbox);
    let floor: Floor | undefined;

    const collect = async (ids: readonly string[]) => {
      const hints = ids.map(hintAt);
      const before = await lengthOf(stand.broker, 'documents.collected.v1');
      await whileStopped(pid, () => producer.send(hints));
      const startedAt = performance.now();
      await untilLengthIs(stand.broker, 'documents.collected.v1', before + ids.length);
      return ids.length / ((performance.now() - startedAt) / 1000);
    };
    return {
      pid,
      async product(documents) {
        const ids = await sandbox.instances(documents);
        return compared.during('product', documents, () => collect(ids));
      },
      async floor(documents) {
        floor ??= await stand.floor('collector');
        const ids = await sandbox.instances(documents);
        const round = { port, connections: CONCURRENCY, appKey: APP_KEY, appSecret: APP_SECRET, ids };
        return compared.during('floor', documents, () => (floor as Floor).call<number>('run', round));
      },
    };
  },
};
