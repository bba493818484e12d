/** Text in columns. */

/**
 * @param {readonly (readonly string[])[]} rows the first is the heading; the first column is set to the left, all others
 *   to the right
 */
export function inColumns(rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => pad(cell, column === 0 ? -1 : 1, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/**
 * @param {string} text
 * @param {1 | -1} side
 * @param {number} width
 */
function pad(text, side, width) {
  const room = ' '.repeat(width - [...text].length);
  return side === 1 ? room + text : text + room;
}

/**
 * A number with two digits after the point, or with as many as leave three in all; large ones with commas.
 * @param {number} value
 */
export function shown(value) {
  if (!Number.isFinite(value)) {
    return '–';
  }
  return value >= 99.95 ? value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ',') : value.toFixed(value >= 9.995 ? 1 : 2);
}

/**
 * Milliseconds, of which the shortest are known to the microsecond.
 * @param {number} value
 */
export function shownTime(value) {
  return value < 1 ? value.toFixed(3) : shown(value);
}
