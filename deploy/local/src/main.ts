import { demo, down, reset, story, superviseDetached, up } from './commands.js';

const commands: Record<string, (args: string[]) => Promise<number>> = {
  ...{ demo, story, up, down, reset },
  supervise: superviseDetached,
};

const [name = '', ...args] = process.argv.slice(2);
const command = commands[name];
if (command === undefined) throw new Error(`no such command: ${name}. There are ${Object.keys(commands).join(', ')}.`);

// A reader that has gone away (`npm run demo | head`) must not end the stack halfway.
process.stdout.on('error', () => undefined);

try {
  process.exitCode = await command(args);
} catch (error) {
  console.error(`voucherline: ${(error as Error).message}`);
  process.exitCode = 1;
}
// Signal handlers and sockets may still hold the process, but its work is done.
process.exit();
