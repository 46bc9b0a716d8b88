/** East Asian characters take two columns in a terminal. */
function width(text: string): number {
  let columns = 0;
  for (const character of text)
    columns +=
      (character.codePointAt(0) ?? 0) >= 0x1100 && /\p{Script=Han}|[\uFF00-\uFF60、。，：（）]/u.test(character)
        ? 2
        : 1;
  return columns;
}

/** Lines of a table with aligned columns and a header. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((title, column) => Math.max(width(title), ...rows.map((row) => width(row[column] ?? ''))));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - width(cell))))
      .join('  ')
      .trimEnd();
  return [line(header), ...rows.map(line)];
}
