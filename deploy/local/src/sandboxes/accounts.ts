import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PortName, Ports } from '../ports.js';
import type { StackPlaces } from '../stack/places.js';

/** Names of the members that are sandboxes. */
export type SandboxName = Extract<PortName, `${string}-sandbox`>;

/** What a sandbox is started with, and the secrets that open it, by the names under which connections ask for them. */
interface Account {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** The accounts of the local sandboxes. Their secrets open nothing else, so they may stand here. */
function accounts(ports: Ports): Readonly<Record<SandboxName, Account>> {
  const callback = {
    token: 'sandboxcallbacktoken',
    aesKey: 'sandboxcallbackaeskey0123456789abcdefghijkl',
  };
  return {
    'dingtalk-sandbox': {
      settings: {
        appSecret: 'dingtalk-sandbox-secret',
        callbackToken: callback.token,
        callbackAesKey: callback.aesKey,
        callbackUrl: `http://127.0.0.1:${ports['webhook-ingestion']}/webhooks/dingtalk-main`,
      },
      secrets: {
        'dingtalk-app-secret': 'dingtalk-sandbox-secret',
        'dingtalk-callback-token': callback.token,
        'dingtalk-callback-aes-key': callback.aesKey,
      },
    },
    'kingdee-sandbox': {
      settings: { acctId: '65000000000001', appSecret: 'kingdee-sandbox-secret' },
      secrets: { 'kingdee-app-secret': 'kingdee-sandbox-secret' },
    },
    'second-kingdee-sandbox': {
      settings: { acctId: '65000000000002', appSecret: 'second-kingdee-sandbox-secret' },
      secrets: { 'second-kingdee-app-secret': 'second-kingdee-sandbox-secret' },
    },
  };
}

/** The file with a sandbox's settings. */
export function settingsFileOf(places: StackPlaces, name: SandboxName): string {
  return join(places.run, `${name}.settings`);
}

/** Variables that connection files of the local stack name: where each sandbox answers. */
export function sandboxAddresses(ports: Ports): Record<string, string> {
  const address = (name: SandboxName) => `http://127.0.0.1:${ports[name]}`;
  return {
    VOUCHERLINE_DINGTALK_URL: address('dingtalk-sandbox'),
    VOUCHERLINE_KINGDEE_URL: address('kingdee-sandbox'),
    VOUCHERLINE_SECOND_KINGDEE_URL: address('second-kingdee-sandbox'),
  };
}

/** Settings by sandbox. */
export type SandboxSettings = Readonly<Partial<Record<SandboxName, Readonly<Record<string, unknown>>>>>;

/** Writes the sandboxes' settings and one file a secret, before anything that reads them starts. */
export function writeAccounts({
  ports,
  places,
  sandboxSettings = {},
}: {
  ports: Ports;
  places: StackPlaces;
  sandboxSettings?: SandboxSettings;
}): void {
  for (const folder of [places.run, places.secrets]) mkdirSync(folder, { recursive: true });
  for (const [name, { settings, secrets }] of Object.entries(accounts(ports)) as [SandboxName, Account][]) {
    const all = { ...settings, ...sandboxSettings[name] };
    writeFileSync(settingsFileOf(places, name), `${JSON.stringify(all, null, 2)}\n`);
    for (const [secret, value] of Object.entries(secrets)) {
      writeFileSync(join(places.secrets, secret), value, { mode: 0o600 });
    }
  }
}
