/** What stands before the functions in the reference: the language, for those who know Excel. */
export const LANGUAGE = `# Formulas 公式

Written by \`node libs/mapping/dist/formula/reference/write-reference.js\` from the registry (\`src/formula/functions\`); don't edit it.

In a flow, a text that begins with \`=\` is a formula; \`="=x"\` is the text \`=x\`. 以 \`=\` 开头的文本是公式。

| Written 写法 | Meaning 含义 |
|---|---|
| \`"text"\` \`'text'\` | A text; a quote inside is doubled. 文本，内部引号写两次。 |
| \`0.06\` | An exact decimal. 精确小数。 |
| \`true\` \`false\` | 真、假。 |
| \`[报销金额]\` | A field by its id, else by its name; in a row, a column of that row. \`]\` in a name is doubled. 表单字段（先按 id 后按名称）；在明细行内为该行的列。 |
| \`form[币种]\` | A field of the form, from within a row. 在明细行内取表单字段。 |
| \`total\` | A value that the flow names by \`let\`. 流程中用 \`let\` 命名的值。 |
| \`approval.businessId\` \`.title\` \`.kind\` \`.approvedOn\` | The approval: its number, title, form, and the day on which it was approved. 审批编号、标题、表单、通过日期。 |
| \`originator.userId\` \`.departmentId\` \`.departmentName\` | Who asked for it. 发起人及其部门。 |
| \`accountingDate\` \`row.number\` | The accounting date; the number of the row, from 1. 记账日期；行号（从 1 起）。 |
| \`or\` \`and\` \`not\` | Weakest first; what is decided is not evaluated further. 由弱到强；已有结果时不再计算。 |
| \`=\` \`<>\` \`<\` \`<=\` \`>\` \`>=\` | Comparison of two values of one type; a field takes the other's. 比较，两侧类型须相同，字段随另一侧。 |
| \`&\` | Joins texts, numbers in plain form, and dates. 连接文本。 |
| \`+\` \`-\` \`*\` \`/\` | Exact, quotients to 40 digits. Nothing rounds by itself. 精确运算，商保留 40 位有效数字，不会自动取整。 |

- A field is a text that becomes a number (\`1,000.50\`) or a day (\`2026-01-31\`, \`2026/1/31\`, \`2026年1月31日\`) where one is expected. Blanks around it don't count. 字段是文本，在需要数字或日期处自动转换。
- **Missing is not blank**: a field that the form lacks, and one that was left blank. What needs a value and gets neither stops the approval for a person. \`=\` and \`<>\` take a blank field, which equals nothing, but not a missing one. \`isBlank\`, \`isMissing\` and \`coalesce\` take both. 字段缺失与空白不同；需要值而取不到时转人工处理。
- Types are checked when the file is read: \`"abc" + 1\` is an error with line, column and mend. 类型错误在读取文件时报告。`;
