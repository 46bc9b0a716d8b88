import { signedCallbacks } from '../callbacks.js';
import { publish } from '../configuration.js';
import { lengthOf } from '../log-growth.js';
import type { Line, LineDescription } from '../rows.js';
import { jobsPerSecond } from '../wire.js';

const CONNECTIONS = 64;

/** Callbacks that are verified, in the log and answered, beside a bare server that puts the same bodies into the log. */
export const ingestion: LineDescription = {
  name: 'ingestion',
  service: 'webhook-ingestion',
  unit: 'accepted/s',
  aim: 0.6,
  round: 50_000,
  warmUp: 20_000,
  memory: [10_000, 100_000],
  async open(stand): Promise<Line> {
    await publish(stand);
    const service = await stand.service('webhook-ingestion');
    let floorPort: number | undefined;
    let batches = 0;
    const load = (port: number, documents: number) =>
      jobsPerSecond(port, CONNECTIONS, signedCallbacks(documents, `i${batches++}`), (connection, request) =>
        connection.send(request),
      );
    return {
      pid: service.pid,
      async product(documents) {
        const before = await lengthOf(stand.broker, 'inbound.received.v1');
        const rate = await load(stand.ports['webhook-ingestion'], documents);
        const kept = (await lengthOf(stand.broker, 'inbound.received.v1')) - before;
        if (kept !== documents) throw new Error(`${documents} callbacks were accepted, ${kept} are in the log`);
        return rate;
      },
      async floor(documents) {
        floorPort ??= await (await stand.floor('ingestion')).call<number>('start', { brokers: stand.brokers });
        return load(floorPort, documents);
      },
    };
  },
};
