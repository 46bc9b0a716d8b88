import { type Command, CommandError } from '../command.js';
import { diffFlows } from '../flows/diff/diff.js';
import { explainVoucher } from '../flows/explain/explain.js';
import { testFlows } from '../flows/test.js';

/** `voucherline flow …`: flows are tried on cases, explained, and compared, without anything being sent. */
export const flow: Command = {
  name: 'flow',
  summary: 'test flows on their cases, explain a voucher, compare versions on history',
  help: `voucherline flow test [<folder> …] [--show <case>]
voucherline flow explain <voucher>
voucherline flow diff <a> <b> [--since <day|instant|offset>]

test: runs the cases of each flow (cases/*.yaml beside its flow.yaml; default folder deploy/flows) without broker or database.
      Exit code 1 when one fails or a flow has none. --show prints what one case gives, and where each field came from: write
      expectations by it, once you have read it.
      运行流程目录下的用例（cases/*.yaml），不需要消息队列和数据库；--show 显示一个用例的完整结果及每个字段的来源。

explain: for each field of a voucher its value, the rule and version of the flow, the row that was looked up, and the source field
      with its raw value. <voucher> is its key or the beginning of it, its number in the ERP, the key of its document there, or the
      key of an approval, whose vouchers are all explained. The version that made it is evaluated again on what it was made from;
      where that gives something else than was recorded, it says so.
      说明凭证每个字段的来源：规则、流程版本、查表行、来源字段及原值。可用凭证标识、ERP 单据编号、单据标识或审批标识查询。

diff: runs the approvals on the log under two versions, with master data as it is now, and shows each approval and field that comes
      out otherwise. A version is a flow's folder, \`published\` (the newest), or the beginning of a published version's hash. Each approval counts
      with its newest form, if that was told since then (default: the last 30 days). Nothing is sent or published.
      用两个版本重新计算历史审批，逐份、逐字段显示差异；不发送、不发布任何内容。`,
  async run([verb, ...args], context) {
    switch (verb) {
      case 'test':
        return testFlows(args, context);
      case 'explain':
        return explainVoucher(args, context);
      case 'diff':
        return diffFlows(args, context);
      default:
        throw new CommandError(`flow: "${verb ?? '(missing)'}" is not test, explain or diff`);
    }
  },
};
