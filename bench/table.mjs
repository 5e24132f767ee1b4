// The summary as text: a line per figure, a column per server, ratios to the baseline, and whether the budget is met.

/** Three significant digits, plain. @param {number} value */
function short(value) {
  if (!Number.isFinite(value)) return "–";
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 3));
}

/** The median, and with several rounds the least and the most. @param {import("./summary.mjs").Spread | undefined} spread */
function figure(spread) {
  if (!spread) return "–";
  const { median, least, most, values } = spread;
  return values.length > 1 ? `${short(median)} (${short(least)}…${short(most)})` : short(median);
}

/** @param {import("./summary.mjs").Line} line @returns {string[]} must, aim, verdict */
function budget({ metric: { must, aim, mustBe, unit, better }, verdict }) {
  const sign = better === "higher" ? "≥" : "≤";
  const bound = mustBe !== undefined ? `${sign} ${mustBe} ${unit}` : must !== undefined ? `${sign} ${must} ×` : "";
  const marks = { aim: "✓ aim", must: "✓ must", missed: "✗" };
  return [bound, aim === undefined ? "" : `${sign} ${aim} ×`, verdict ? marks[verdict] : ""];
}

/** @param {readonly string[][]} rows @param {number} textColumns how many leading columns are set left */
function align(rows, textColumns) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? "")].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const padding = " ".repeat((widths[column] ?? 0) - [...cell].length);
        return column < textColumns ? cell + padding : padding + cell;
      })
      .join("  ")
      .trimEnd(),
  );
}

/**
 * @param {readonly import("./summary.mjs").Line[]} lines
 * @param {{ servers: readonly string[], baseline: string }} columns
 */
export function table(lines, { servers, baseline }) {
  const compared = servers.includes(baseline) ? servers.filter((server) => server !== baseline) : [];
  const header = ["figure", "unit", ...servers, ...compared.map((server) => `${server} ÷ ${baseline}`), "must", "aim", ""];
  const body = lines.map((line, index) => {
    const indent = lines[index - 1]?.scenario === line.scenario ? "  " : "";
    const ratios = compared.map((server) => (line.ratios[server] === undefined ? "–" : `${short(line.ratios[server])} ×`));
    return [
      indent + line.metric.label,
      line.metric.unit,
      ...servers.map((server) => figure(line.servers[server])),
      ...ratios,
      ...budget(line),
    ];
  });
  const [head = "", ...rest] = align([header, ...body], 2);
  return [head, "─".repeat(Math.max(...[head, ...rest].map((row) => [...row].length))), ...rest].join("\n");
}
