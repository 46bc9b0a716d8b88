import { encrypt, signatureOf } from '@voucherline/connector-dingtalk/pure';
import { APP_KEY, CALLBACK, CORP, PROCESS_CODE, SOURCE } from './configuration.js';
import { wireRequest } from './wire.js';

/** Signed callbacks of DingTalk as bytes on the wire, each about an instance of its own; they are fresh for five minutes. */
export function signedCallbacks(count: number, batch: string): readonly Buffer[] {
  return Array.from({ length: count }, (_, at) => signedCallback(`${batch}-${at}`, at));
}

function signedCallback(instance: string, at: number): Buffer {
  const now = Date.now();
  const event = {
    EventType: 'bpms_instance_change',
    EventTime: now,
    CorpId: CORP,
    eventId: `event-${instance}`,
    processInstanceId: instance,
    processCode: PROCESS_CODE,
    businessId: '202611241715000123456',
    title: 'Payment request of the benchmark',
    type: 'finish',
    result: 'agree',
    staffId: 'user01',
    createTime: now - 3_600_000,
    finishTime: now,
    url: 'https://aflow.dingtalk.com/dingtalk/mobile/homepage.htm?corpid=dingcorp0001&dd_share=false&showmenu=true',
  };
  const message = Buffer.from(JSON.stringify(event));
  const random = String(at).padStart(16, '0');
  const encrypted = encrypt(CALLBACK.aesKey, random, { message, ownerKey: APP_KEY });
  const timestamp = String(now);
  const nonce = `bench${at}`;
  const signature = signatureOf(CALLBACK.token, timestamp, nonce, encrypted);
  const query = `msg_signature=${signature}&timestamp=${timestamp}&nonce=${nonce}`;
  return wireRequest(`/webhooks/${SOURCE}?${query}`, JSON.stringify({ encrypt: encrypted }));
}
