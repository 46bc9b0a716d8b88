import { type Command, CommandError } from '../command.js';
import { testFlows } from '../flows/test.js';

/** `voucherline flow …`: flows are tried on cases, explained, and compared, without anything being sent. */
export const flow: Command = {
  name: 'flow',
  summary: 'test flows on their cases, explain a voucher, compare versions on history',
  help: `voucherline flow test [<folder> …] [--show <case>]

test: runs the cases of each flow (cases/*.yaml beside its flow.yaml; default folder deploy/flows) without broker or database.
      Exit code 1 when one fails or a flow has none. --show prints what one case gives, and where each field came from: write
      expectations by it, once you have read it.
      运行流程目录下的用例（cases/*.yaml），不需要消息队列和数据库；--show 显示一个用例的完整结果及每个字段的来源。`,
  async run([verb, ...args], context) {
    switch (verb) {
      case 'test':
        return testFlows(args, context);
      default:
        throw new CommandError(`flow: "${verb ?? '(missing)'}" is not test, explain or diff`);
    }
  },
};
