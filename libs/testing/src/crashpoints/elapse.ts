import { connect } from 'node:net';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import type { StackFacts } from '../line/start-test-stack.js';

const LEAVE_GROUP = 13;
const SCHEMAS = { collector: 'collector', 'erp-writer': 'erp_writer' } as const;

/**
 * What waiting for twenty seconds brings about, without the waiting: broker and database notice that a process is dead.
 * Its members are out of their groups, its row is too old for its leases. Chaos waits for the real thing.
 */
export class Elapse {
  readonly #host: string;
  readonly #port: number;
  readonly #admin: Admin;
  readonly #pool: pg.Pool;

  private constructor({ environment }: StackFacts) {
    const [host = '', port = ''] = (environment.KAFKA_BROKERS ?? '').split(':');
    this.#host = host;
    this.#port = Number(port);
    const kafka = new Kafka({ clientId: 'elapse', brokers: [`${host}:${port}`], logLevel: logLevel.NOTHING });
    this.#admin = kafka.admin();
    this.#pool = new pg.Pool({ connectionString: environment.DATABASE_URL, max: 1 });
  }

  static async open(facts: StackFacts): Promise<Elapse> {
    const elapse = new Elapse(facts);
    await elapse.#admin.connect();
    return elapse;
  }

  async close(): Promise<void> {
    await Promise.all([this.#admin.disconnect(), this.#pool.end()]);
  }

  /** To be called while no process of the service lives. */
  async forget(service: string): Promise<void> {
    await Promise.all([this.#leaveGroups(service), this.#age(service)]);
  }

  /** Members are known by their client id, which is the service's name. */
  async #leaveGroups(service: string): Promise<void> {
    const { groups: all } = await this.#admin.listGroups();
    const { groups } = await this.#admin.describeGroups(all.map(({ groupId }) => groupId));
    for (const { groupId, members } of groups) {
      for (const { memberId, clientId } of members) if (clientId === service) await this.#leave(groupId, memberId);
    }
  }

  /** LeaveGroup v0, which the admin of kafkajs does not offer. */
  #leave(group: string, member: string): Promise<void> {
    const text = (value: string) => {
      const bytes = Buffer.from(value);
      const length = Buffer.alloc(2);
      length.writeInt16BE(bytes.length);
      return Buffer.concat([length, bytes]);
    };
    const head = Buffer.alloc(8);
    head.writeInt16BE(LEAVE_GROUP);
    const body = Buffer.concat([head, text('elapse'), text(group), text(member)]);
    const size = Buffer.alloc(4);
    size.writeInt32BE(body.length);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: this.#host, port: this.#port }, () => socket.write(Buffer.concat([size, body])));
      socket.once('data', (answer) => {
        socket.destroy();
        const code = answer.readInt16BE(8);
        if (code === 0) resolve();
        else reject(new Error(`the broker does not let ${member} leave ${group}: error ${code}`));
      });
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('the broker closed the connection')));
    });
  }

  async #age(service: string): Promise<void> {
    const schema = SCHEMAS[service as keyof typeof SCHEMAS];
    if (schema === undefined) return;
    await this.#pool.query(`UPDATE ${schema}.processes SET seen_at = seen_at - interval '1 minute'`);
  }
}
