import { jobsPerSecond, wireRequest } from '../wire.js';
import { serve } from './serve.js';

interface Round {
  readonly port: number;
  readonly connections: number;
  readonly appKey: string;
  readonly appSecret: string;
  readonly ids: readonly string[];
}

const FINE = Buffer.from('"errcode":0');

/** Reads every instance, and does nothing with it. */
serve({
  async run({ port, connections, appKey, appSecret, ids }: Round): Promise<number> {
    const asked = await fetch(`http://127.0.0.1:${port}/gettoken?appkey=${appKey}&appsecret=${appSecret}`);
    const { access_token: token } = (await asked.json()) as { access_token: string };
    const path = `/topapi/processinstance/get?access_token=${token}`;
    const requests = ids.map((id) => wireRequest(path, JSON.stringify({ process_instance_id: id })));
    return jobsPerSecond(port, connections, requests, async (connection, request) => {
      const answer = await connection.send(request);
      if (!answer.includes(FINE)) throw new Error(`DingTalk's sandbox answered ${answer.toString('utf8', 0, 400)}`);
    });
  },
});
