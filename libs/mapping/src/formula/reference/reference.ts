import type { FormField } from '@voucherline/contracts';
import type { FunctionDefinition } from '../functions/definition.js';
import { GROUPS } from '../functions/registry.js';
import { EXAMPLE_FORM } from './example.js';
import { LANGUAGE } from './language.js';

/** `FUNCTIONS.md`: the language, and every function with its words and an example, as the registry has them. */
export function reference(): string {
  const groups = GROUPS.map(({ title, functions }) =>
    [`### ${title.en} ${title.zh}`, '', ...COLUMNS, ...functions.map(rowOf)].join('\n'),
  );
  return `${[HEAD, ...groups].join('\n\n')}\n`;
}

const HEAD = `${LANGUAGE}

## Functions 函数

Each example was evaluated with this form 示例所用表单:

${formRows(EXAMPLE_FORM)}

The table \`expense-accounts\` has for 交通 the account 6602.01 until 2025-12-31 and 6602.03 from 2026-01-01.
Problems stop the approval for a person; the code of each is \`mapping.<what>\`. 出现问题时转人工处理。`;

function formRows(fields: readonly FormField[]): string {
  return fields
    .map(({ name, value, rows }) => {
      if (rows === undefined) return `- \`[${name}]\`: ${value ?? '(blank 空白)'}`;
      const shown = rows.map((row) => row.map((cell) => `${cell.name} ${cell.value}`).join(', '));
      return `- \`[${name}]\`: ${shown.map((row, index) => `row ${index + 1}: ${row}`).join('; ')}`;
    })
    .join('\n');
}

const COLUMNS = ['| Function 函数 | What it gives 说明 | Example 示例 |', '|---|---|---|'];

function rowOf({ signature, en, zh, example: [formula, result] }: FunctionDefinition): string {
  const cells = [`\`${signature}\``, `${en}<br>${zh}`, `\`=${formula}\` → \`${result}\``];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
