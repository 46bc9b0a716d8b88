import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { sandboxes } from '@voucherline/connectors/sandbox';
import { type Command, CommandError } from '../command.js';

/** `voucherline sandbox <product>`: a vendor's API on this machine, for trying and for tests. */
export const sandbox: Command = {
  name: 'sandbox',
  summary: "run a vendor's sandbox on its own",
  help: `voucherline sandbox <product> [--port 0] [--host 127.0.0.1] [--data .data/sandbox-<product>] [--settings file.json]

Products: ${sandboxes.map(({ product }) => product).join(', ')} (the beginning of a name is enough).
It behaves as the vendor's API does, faults on demand included, and keeps its book in <data>.`,
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        port: { type: 'string', default: '0' },
        host: { type: 'string', default: '127.0.0.1' },
        data: { type: 'string' },
        settings: { type: 'string' },
      },
    });
    const found = find(positionals[0]);
    const dataDir = values.data ?? `.data/sandbox-${found.product}`;
    const settings = values.settings === undefined ? {} : readSettings(values.settings);
    const running = await found.start({ port: Number(values.port), host: values.host, dataDir, settings });
    context.say(
      `${found.describe}\nsandbox ${found.product} answers on ${running.url}; its book is in ${dataDir}. Ctrl-C ends it.`,
    );
    await new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve(), { once: true }));
    await running.close();
    return 0;
  },
};

function find(name: string | undefined): (typeof sandboxes)[number] {
  const products = sandboxes.map(({ product }) => product).join(', ');
  if (name === undefined) throw new CommandError(`sandbox: name a product: ${products}`);
  const found = sandboxes.filter(({ product }) => product === name || product.startsWith(name));
  const [only] = found;
  if (only === undefined || found.length > 1) throw new CommandError(`sandbox: "${name}" names no one of: ${products}`);
  return only;
}

function readSettings(file: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    throw new CommandError(`sandbox: --settings ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
