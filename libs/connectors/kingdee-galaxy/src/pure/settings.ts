import type { ConnectionContent } from '@voucherline/contracts';

/** A connection's settings in the types that the manifest declares. */
export interface KingdeeSettings {
  readonly acctId: string;
  /** Path of the server address, without a slash at its end. */
  readonly basePath: string;
  readonly authentication: 'signature' | 'session';
  readonly userName: string;
  readonly creatorName: string;
  readonly appId: string;
  readonly lcid: string;
  readonly orgNum: string;
  readonly keyField: string;
  /** ISO code by the number of a currency. */
  readonly currencies: ReadonlyMap<string, string>;
  readonly bookCurrency: string;
  /** In which Kingdee writes its local times. */
  readonly timeZone: string;
}

const known = new WeakMap<ConnectionContent, KingdeeSettings>();

/** Reads the settings, once for each content. @throws {TypeError} naming the setting, when the connection was published unchecked. */
export function settingsOf(content: ConnectionContent): KingdeeSettings {
  const settings = known.get(content) ?? readSettings(content);
  known.set(content, settings);
  return settings;
}

function readSettings({ account, settings, timeZone }: ConnectionContent): KingdeeSettings {
  const text = (name: string, absent?: string): string => {
    const value = settings[name] ?? absent;
    if (typeof value !== 'string') throw new TypeError(`connection setting ${name}: must be a text`);
    return value;
  };
  const authentication = text('authentication', 'signature');
  if (authentication !== 'signature' && authentication !== 'session') {
    throw new TypeError(`connection setting authentication: "${authentication}" is neither signature nor session`);
  }
  const keyField = text('keyField', 'F_VL_KEY');
  // It becomes a part of filters, so it is not taken on trust.
  if (!/^F_[A-Za-z0-9_]{1,60}$/.test(keyField)) throw new TypeError('connection setting keyField: is no custom field');
  const userName = text('userName');
  return {
    ...{ acctId: account, timeZone, authentication, userName, keyField },
    basePath: new URL(text('baseUrl')).pathname.replace(/\/$/, ''),
    creatorName: text('creatorName', userName),
    appId: text('appId', ''),
    lcid: text('lcid', '2052'),
    orgNum: text('orgNum', '0'),
    currencies: currenciesOf(settings.currencies ?? ['PRE001=CNY']),
    bookCurrency: bookCurrencyOf(settings),
  };
}

/** ISO code of the currency that account books add up in. @throws {TypeError} when it is no text */
export function bookCurrencyOf({ bookCurrency = 'CNY' }: ConnectionContent['settings']): string {
  if (typeof bookCurrency !== 'string') throw new TypeError('connection setting bookCurrency: must be a text');
  return bookCurrency;
}

function currenciesOf(given: unknown): ReadonlyMap<string, string> {
  if (!Array.isArray(given)) throw new TypeError('connection setting currencies: must be a list');
  return new Map(
    given.map((pair) => {
      const [, number, code] = /^([^=]+)=([A-Z]{3})$/.exec(String(pair)) ?? [];
      if (number === undefined || code === undefined) {
        throw new TypeError(`connection setting currencies: "${String(pair)}" is not like PRE001=CNY`);
      }
      return [number, code];
    }),
  );
}
